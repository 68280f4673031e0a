#include "gateway/rehearsal/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "gateway/journal/conclusion.h"

namespace gateway::rehearsal {
namespace {

using policy::Truth;
using policy::Verdict;

constexpr std::size_t kShown = 200;  // octets of one value

std::string shown(std::string_view text) { return text.empty() ? "(none)" : printable(text, kShown); }

std::string shown(const Fact& fact) {
  if (fact.known()) return shown(to_text(fact.value));
  if (!fact.troubled()) return "not known";
  return fact.because.empty() ? "troubled"
                              : fmt::format("troubled ({})", printable(fact.because.front(), kShown));
}

using Names = std::set<std::string>;

std::string shown(const Names& names) {
  return names.empty() ? "none" : printable(fmt::format("{}", fmt::join(names, ", ")), kShown);
}

Names names_of(const std::vector<std::string>& list) { return {list.begin(), list.end()}; }

bool contains_nocase(std::string_view text, std::string_view part) {
  return to_lower(text).find(to_lower(part)) != std::string::npos;
}

bool same(const Fact& wanted, const Fact& found) {
  if (wanted.state != found.state) return false;
  if (!wanted.known()) return true;
  const List* list = std::get_if<List>(&wanted.value);
  const List* other = std::get_if<List>(&found.value);
  if (list && other) return names_of(*list) == names_of(*other);
  return wanted.value == found.value;
}

// "550", "5.7.26", "550 5.7.26" of "550 5.7.26 text".
bool has_code(std::string_view reply, std::string_view code) {
  const auto begins = [&](std::string_view text) {
    return text.starts_with(code) && (text.size() == code.size() || text[code.size()] == ' ');
  };
  return begins(reply) || (reply.size() > 4 && begins(reply.substr(4)));
}

class Comparison {
 public:
  Comparison(const Expectation& expect, const Rehearsal& rehearsal, std::size_t recipient)
      : expect_(expect),
        rehearsal_(rehearsal),
        recipient_(rehearsal.transaction().recipients()[recipient]),
        several_(rehearsal.transaction().recipients().size() > 1),
        ending_(ending_of(rehearsal, recipient)) {}

  std::vector<Difference> run() {
    const Verdict& verdict = recipient_.verdict;
    if (expect_.verdict && expect_.verdict->value != ending_.action)
      differs("verdict", *expect_.verdict, fmt::format("{} by {}", ending_.action, shown(ending_.rule)));
    if (expect_.rule && expect_.rule->value != ending_.rule)
      differs("rule", *expect_.rule, shown(ending_.rule));
    if (expect_.score && std::abs(expect_.score->value - verdict.score) > 1e-6)
      add("score", fmt::format("{}", expect_.score->value), fmt::format("{}", verdict.score),
          expect_.score->spot);
    if (expect_.code && !has_code(ending_.reply, expect_.code->value))
      differs("code", *expect_.code, shown(ending_.reply));
    if (expect_.reply && !contains_nocase(ending_.reply, expect_.reply->value))
      differs("reply", *expect_.reply, shown(ending_.reply));
    if (expect_.override_reason && expect_.override_reason->value != verdict.override_reason)
      differs("override", *expect_.override_reason, shown(verdict.override_reason));
    Names tags;
    for (const policy::Tag& tag : verdict.tags) tags.insert(tag.rule);
    compare("trial", expect_.trial, names_of(verdict.trial));
    compare("tags", expect_.tags, tags);
    for (const auto& id : expect_.held) compare_rule("held", id, true);
    for (const auto& id : expect_.not_held) compare_rule("not_held", id, false);
    for (const auto& header : expect_.headers) compare_header(header);
    for (const auto& [id, wanted] : expect_.facts) {
      const Fact& found = recipient_.facts->at(id);
      if (!same(wanted.value, found))
        add(std::string(recipient_.facts->vocabulary()[id].name), shown(wanted.value), shown(found),
            wanted.spot);
    }
    return std::move(found_);
  }

 private:
  void add(std::string what, std::string expected, std::string found, const Spot& spot) {
    if (several_) what += fmt::format(" for <{}>", printable(recipient_.address.text(), kShown));
    found_.push_back({std::move(what), std::move(expected), std::move(found), spot});
  }
  void differs(std::string what, const Wanted<std::string>& wanted, std::string found) {
    add(std::move(what), shown(wanted.value), std::move(found), wanted.spot);
  }

  void compare(std::string_view what, const std::optional<Wanted<std::vector<std::string>>>& wanted,
               const Names& found) {
    if (wanted && names_of(wanted->value) != found)
      add(std::string(what), shown(names_of(wanted->value)), shown(found), wanted->spot);
  }

  void compare_rule(std::string_view what, const Wanted<std::string>& id, bool held) {
    const auto rule = std::ranges::find(recipient_.verdict.rules, id.value, &policy::RuleOutcome::id);
    const Truth truth = rule == recipient_.verdict.rules.end() ? Truth::no : rule->held;
    if ((truth == Truth::yes) == held && (held || truth == Truth::no)) return;
    add(std::string(what), fmt::format("'{}' {}", shown(id.value), held ? "to hold" : "not to hold"),
        truth == Truth::yes  ? "it held"
        : truth == Truth::no ? "it did not"
                             : "it is unknown",
        id.spot);
  }

  void compare_header(const Wanted<std::string>& wanted) {
    const auto fields = rehearsal_.entry().added_headers;
    const bool there = std::ranges::any_of(
        fields, [&](const std::string& field) { return starts_with_nocase(unfold(field), wanted.value); });
    if (there) return;
    Names names;
    for (const std::string& field : fields) names.insert(field.substr(0, field.find(':')));
    add("headers", shown(wanted.value), shown(names), wanted.spot);
  }

  const Expectation& expect_;
  const Rehearsal& rehearsal_;
  const pipeline::TransactionRecipient& recipient_;
  const bool several_;
  const Ending ending_;
  std::vector<Difference> found_;
};

}  // namespace

Ending ending_of(const Rehearsal& rehearsal, std::size_t recipient) {
  const journal::Entry& entry = rehearsal.entry();
  const journal::RecipientEntry& one = entry.recipients[recipient];
  // What refuses the message as a whole stands in the entry alone.
  const bool whole = !entry.refused_by.empty() && entry.refused_by != entry.recipients.front().refused_by;
  const journal::Conclusion end = whole                     ? journal::conclusion(entry)
                                  : !one.refused_by.empty() ? journal::conclusion(one)
                                                            : journal::conclusion(*one.verdict, {});
  return {std::string(end.action), std::string(end.rule), std::string(end.reply())};
}

std::vector<Difference> differences(const Expectation& expect, const Rehearsal& rehearsal) {
  std::vector<Difference> all;
  for (std::size_t i = 0; i < rehearsal.transaction().recipients().size(); ++i)
    std::ranges::move(Comparison(expect, rehearsal, i).run(), std::back_inserter(all));
  return all;
}

}  // namespace gateway::rehearsal
