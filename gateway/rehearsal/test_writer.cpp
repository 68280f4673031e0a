#include "gateway/rehearsal/test_writer.h"

#include <fmt/format.h>

#include "gateway/journal/conclusion.h"
#include "gateway/rehearsal/recorded_scene.h"
#include "gateway/rehearsal/toml_text.h"

namespace gateway::rehearsal {
namespace {

constexpr std::size_t kTried = 200;  // replaced names, each of which costs a rehearsal

// The one whose facts and verdict stand for the whole.
const journal::RecordedRecipient* shown_recipient(const journal::Recorded& recorded) {
  for (const journal::RecordedFact& fact : recorded.facts)
    if (const Address* address = std::get_if<Address>(&fact.fact.value);
        address && fact.name == "rcpt.address")
      for (const journal::RecordedRecipient& one : recorded.recipients)
        if (one.address == address->text()) return &one;
  return recorded.recipients.empty() ? nullptr : &recorded.recipients.front();
}

// As much in disguise as leaves every rule's outcome as it is.
RecordedScene disguised(const journal::Recorded& recorded, const Address& recipient,
                        const std::shared_ptr<const pipeline::InForce>& in_force, const Course& wanted) {
  Disguise disguise(*in_force->settings);
  const auto scene = [&] { return scene_of(recorded, recipient, in_force, disguise); };
  RecordedScene found = scene();
  if (rehearse(found, in_force) == wanted) return found;
  const std::vector<std::string> replaced = disguise.replaced();
  std::size_t kept = 0;
  for (bool same = false; !same && kept < std::min(replaced.size(), kTried); ++kept) {
    disguise.keep(replaced[kept]);
    found = scene();
    same = rehearse(found, in_force) == wanted;
  }
  // The last one kept was needed; of those before it some perhaps were not.
  for (std::size_t i = 0; i + 1 < kept; ++i) {
    disguise.replace(replaced[i]);
    RecordedScene less = scene();
    if (rehearse(less, in_force) == wanted)
      found = std::move(less);
    else
      disguise.keep(replaced[i]);
  }
  return found;
}

class Writer {
 public:
  void line(std::string_view key, std::string_view value) { out_ += fmt::format("{:<7} = {}\n", key, value); }
  void text(std::string_view key, std::string_view value) { line(key, toml_text(value)); }
  void comment(std::string_view text) { out_ += fmt::format("# {}\n", printable(text, 400)); }
  void begin() { out_ += "[[test]]\n"; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
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

Result<std::string> write_test(const journal::Recorded& recorded,
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
  const RecordedScene scene = writing.as_is ? plain : disguised(recorded, address, in_force, course);

  Writer out;
  if (course.action != end.action || course.rule != end.rule)
    out.comment(fmt::format("Policy {} came to this; the one in force comes to {} by {}.",
                            recorded.policy_version, course.action, course.rule));
  out.begin();
  out.text("name", fmt::format("{}: {} by {}", recorded.id, end.action, end.rule));
  write(out, scene, in_force->vocabulary);
  out.line("expect",
           fmt::format("{{ verdict = {}, rule = {} }}", toml_text(end.action), toml_text(end.rule)));
  return {boost::system::in_place_value, out.take()};  // an Error could be made of a text, too
}

}  // namespace gateway::rehearsal
