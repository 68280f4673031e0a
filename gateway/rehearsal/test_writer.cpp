#include "gateway/rehearsal/test_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "gateway/journal/conclusion.h"
#include "gateway/rehearsal/recorded_scene.h"
#include "gateway/rehearsal/toml_text.h"

namespace gateway::rehearsal {
namespace {

constexpr std::size_t kTried = 200;  // replaced names, or words, each of which costs a rehearsal
constexpr std::size_t kLongestRemark = 1000;

// The one whose facts and verdict stand for the whole.
const journal::RecordedRecipient* shown_recipient(const journal::Recorded& recorded) {
  for (const journal::RecordedFact& fact : recorded.facts)
    if (const Address* address = std::get_if<Address>(&fact.fact.value);
        address && fact.name == "rcpt.address")
      for (const journal::RecordedRecipient& one : recorded.recipients)
        if (one.address == address->text()) return &one;
  return recorded.recipients.empty() ? nullptr : &recorded.recipients.front();
}

// What of a record is shown, and what of it is real though it is in disguise.
struct Shown {
  RecordedScene scene;
  std::vector<std::string> real;
};

// As much in disguise as leaves every rule's outcome as it is.
class Dressing {
 public:
  Dressing(const journal::Recorded& recorded, const Address& recipient,
           const std::shared_ptr<const pipeline::InForce>& in_force, const Course& wanted)
      : recorded_(recorded),
        recipient_(recipient),
        in_force_(in_force),
        wanted_(wanted),
        disguise_(*in_force->settings) {}

  Shown shown() {
    if (!fits()) {
      keep_what_is_needed();
      for (const auto& [what, value] : std::map(disguise_.kept()))
        if (Disguise::kind_of(what) == "text") shorten(what);
    }
    std::vector<std::string> real;
    for (const auto& [what, shown] : disguise_.kept())
      real.push_back(fmt::format("{} \"{}\"", Disguise::kind_of(what), shown));
    return {std::move(found_), std::move(real)};
  }

 private:
  bool fits() {
    RecordedScene scene = scene_of(recorded_, recipient_, in_force_, disguise_);
    const bool same = rehearse(scene, in_force_) == wanted_;
    if (same || !any_fits_) found_ = std::move(scene);
    any_fits_ = any_fits_ || same;
    return same;
  }

  void keep_what_is_needed() {
    const std::vector<std::string> replaced = disguise_.replaced();
    std::size_t kept = 0;
    for (bool same = false; !same && kept < std::min(replaced.size(), kTried); ++kept) {
      disguise_.keep(replaced[kept]);
      same = fits();
    }
    // The last one kept was needed; of those before it some perhaps were not.
    for (std::size_t i = 0; i + 1 < kept; ++i) {
      disguise_.replace(replaced[i]);
      if (!fits()) disguise_.keep(replaced[i]);
    }
  }

  // To the words that a rule needs of it.
  void shorten(const std::string& what) {
    std::vector<std::string> words = words_of(Disguise::value_of(what));
    for (std::size_t i = 0; words.size() > 1 && i < words.size() && tried_ < kTried; ++tried_) {
      std::vector<std::string> less = words;
      less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
      disguise_.shorten(what, fmt::format("{}", fmt::join(less, " ")));
      if (fits())
        words = std::move(less);
      else
        ++i;
    }
    const std::string shown = fmt::format("{}", fmt::join(words, " "));
    disguise_.shorten(what,
                      shown.size() < Disguise::value_of(what).size() ? shown : Disguise::value_of(what));
  }

  static std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::string_view rest = trim(text, " \t"); !rest.empty(); rest = trim(rest, " \t")) {
      words.emplace_back(rest.substr(0, rest.find_first_of(" \t")));
      rest.remove_prefix(words.back().size());
    }
    return words;
  }

  const journal::Recorded& recorded_;
  const Address& recipient_;
  const std::shared_ptr<const pipeline::InForce>& in_force_;
  const Course& wanted_;
  Disguise disguise_;
  RecordedScene found_;
  bool any_fits_ = false;
  std::size_t tried_ = 0;
};

// What the policy asks and the record does not tell.
std::vector<std::string> unrecorded(const journal::Recorded& recorded, const pipeline::InForce& in_force,
                                    bool message_came) {
  std::vector<std::string> names;
  const auto named = in_force.policy->facts_named();
  for (const journal::RecordedFact& one : recorded.facts)
    if (named.contains(one.name) && !one.told())
      names.push_back(one.name == "subject" ? "subject (journal.subject does not keep it)" : one.name);
  for (const std::string& header : in_force.policy->header_names())
    if (message_came && !recorded.header(header)) names.push_back(fmt::format("header(\"{}\")", header));
  return names;
}

class Writer {
 public:
  void line(std::string_view key, std::string_view value) { out_ += fmt::format("{:<7} = {}\n", key, value); }
  void text(std::string_view key, std::string_view value) { line(key, toml_text(value)); }
  void remark(std::string_view text) {
    remarks_.push_back(printable(text, kLongestRemark));
    comments_ += fmt::format("# {}\n", remarks_.back());
  }
  // What was written so far, and is no test.
  void comment_out() {
    for (std::size_t at = 0; at < out_.size(); at = out_.find('\n', at) + 1) out_.insert(at, "# ");
  }
  void begin() { out_ += "[[test]]\n"; }
  WrittenTest take() { return {comments_ + out_, std::move(remarks_)}; }

 private:
  std::string out_;
  std::string comments_;
  std::vector<std::string> remarks_;
};

void write(Writer& out, const RecordedScene& scene, const Vocabulary& vocabulary) {
  if (scene.ip) out.text("client", scene.ip->text());
  if (scene.helo) out.text("helo", *scene.helo);
  out.text("from", scene.sender.text());
  out.line("to", "[" + toml_text(scene.recipient.text()) + "]");
  if (scene.fields) {
    std::string fields;
    for (const std::string& one : *scene.fields)
      fields += (fields.empty() ? "" : ",\n           ") + toml_text(one);
    out.line("headers", "[" + fields + "]");
  }
  for (const auto& [id, fact] : scene.given)
    out.line(fmt::format("facts.\"{}\"", vocabulary[id].name), toml_fact(fact));
  out.line("at", to_text(Value(scene.now)));
}

}  // namespace

Result<WrittenTest> write_test(const journal::Recorded& recorded,
                               const std::shared_ptr<const pipeline::InForce>& in_force,
                               const TestWriting& writing) {
  if (recorded.session) return Error("this is a connection without a transaction: a test has a recipient");
  const journal::RecordedRecipient* const shown = shown_recipient(recorded);
  if (!shown) return Error("no recipient was named: a test has one");
  const journal::Entry entry = recorded.entry();
  const auto& recipient = entry.recipients[static_cast<std::size_t>(shown - recorded.recipients.data())];
  const journal::Conclusion end = journal::conclusion(recipient);
  const bool of_route = shown->refused_by == "@relay" || shown->refused_by == "@recipient";
  if (!shown->verdict.settled && !of_route)
    return Error(shown->refused_by.empty() && recorded.refused_by.empty()
                     ? "nothing was decided: no message came"
                     : fmt::format("the gateway itself refused ({}): that is not the policy's",
                                   shown->refused_by.empty() ? recorded.refused_by : shown->refused_by));

  const Address address = Address::odd(shown->address);
  Disguise none(*in_force->settings);
  none.take_off();
  const RecordedScene plain = scene_of(recorded, address, in_force, none);
  const Course course = rehearse(plain, in_force);
  const bool differs = course.action != end.action || course.rule != end.rule;
  const std::vector<std::string> missing =
      differs ? unrecorded(recorded, *in_force, plain.fields.has_value()) : std::vector<std::string>();
  const Shown scene =
      writing.as_is ? Shown{plain, {}} : Dressing(recorded, address, in_force, course).shown();

  Writer out;
  out.begin();
  out.text("name", fmt::format("{}: {} by {}", recorded.id, end.action, end.rule));
  write(out, scene.scene, in_force->vocabulary);
  out.line("expect",
           fmt::format("{{ verdict = {}, rule = {} }}", toml_text(end.action), toml_text(end.rule)));
  if (!missing.empty()) {
    out.remark(fmt::format("It came to {} by {}; without what was not recorded it comes to {} by {}.",
                           end.action, end.rule, course.action, course.rule));
    out.remark(fmt::format("Not recorded: {}. So this is a comment until it is filled in.",
                           fmt::join(missing, ", ")));
    out.comment_out();
  } else if (differs) {
    out.remark(fmt::format("Policy {} came to this; {} comes to {} by {}.", recorded.policy_version,
                           recorded.policy_version == in_force->policy->version()
                               ? "by its record alone the same policy"
                               : "the one in force",
                           course.action, course.rule));
  }
  if (!scene.real.empty())
    out.remark(fmt::format("Real all the same, as a rule asks for it: {}.", fmt::join(scene.real, ", ")));
  return out.take();
}

}  // namespace gateway::rehearsal
