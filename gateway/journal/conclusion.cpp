#include "gateway/journal/conclusion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gateway::journal {
namespace {

std::string verdict_reply(const policy::Verdict& verdict) {
  if (!verdict.settled ||
      (verdict.action != policy::Disposition::reject && verdict.action != policy::Disposition::defer))
    return {};
  const policy::ReplyText& reply = verdict.reply;
  // The class of the enhanced code follows the code.  RFC 3463 §2
  return fmt::format("{} {}.{} {}", reply.code, reply.code / 100, reply.detail, reply.text);
}

Conclusion conclude(const policy::Verdict& verdict, std::string_view refused_by, std::string_view reply) {
  if (verdict.settled && refused_by.empty())
    return {name(verdict.action), verdict.rule, reply, reply.empty() ? verdict_reply(verdict) : ""};
  // Decided outside the rules: the reply says how.
  const char first = reply.empty() ? ' ' : reply.front();
  const std::string_view action = first == '5'   ? "reject"
                                  : first == '4' ? "defer"
                                  : first == '2' ? "accept"
                                                 : "open";
  return {action, refused_by, reply, {}};
}

// What a reader wants to know first.  DESIGN §4 (dkim.result)
constexpr std::array kBest{Outcome::pass,    Outcome::temperror, Outcome::policy,    Outcome::softfail,
                           Outcome::neutral, Outcome::fail,      Outcome::permerror, Outcome::none};

std::size_t rank(Outcome outcome) {
  return static_cast<std::size_t>(std::find(kBest.begin(), kBest.end(), outcome) - kBest.begin());
}

}  // namespace

Conclusion conclusion(const Entry& entry) { return conclude(*entry.verdict, entry.refused_by, entry.reply); }

Conclusion conclusion(const RecipientEntry& recipient) {
  Conclusion end = conclude(*recipient.verdict, recipient.refused_by, recipient.reply);
  // "Recipient OK" only says that a message may come.
  if (!recipient.verdict->settled && end.action == "accept") end.action = "open";
  return end;
}

Conclusion conclusion(const policy::Verdict& verdict, std::string_view reply) {
  return conclude(verdict, {}, reply);
}

std::optional<Outcome> shown_outcome(const Entry& entry, std::string_view fact, std::string_view method,
                                     std::string_view property) {
  for (const FactEntry& known : entry.facts)
    if (const auto* outcome = std::get_if<Outcome>(&known.fact->value))
      if (known.fact->known() && known.name == fact) return *outcome;
  std::optional<Outcome> best;
  for (const Evidence& evidence : entry.evidence)
    if (evidence.method == method && (property.empty() || evidence.property == property) &&
        (!best || rank(evidence.outcome) < rank(*best)))
      best = evidence.outcome;
  return best;
}

}  // namespace gateway::journal
