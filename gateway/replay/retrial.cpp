#include "gateway/replay/retrial.h"

#include <algorithm>

#include "gateway/pipeline/record.h"

namespace gateway::replay {
namespace {

using policy::Disposition;
using policy::Verdict;

// What refused a recipient, or the whole, outside the rules.
std::string_view refused_by(const journal::Recorded& recorded, const journal::RecordedRecipient& recipient) {
  if (!recipient.refused_by.empty()) return recipient.refused_by;
  const bool refused_by_rule = recipient.verdict.settled && recipient.verdict.action >= Disposition::defer;
  return refused_by_rule ? std::string_view() : std::string_view(recorded.refused_by);
}

bool same_tag(const policy::Tag& a, const policy::Tag& b) {
  return a.rule == b.rule && a.subject == b.subject && a.header == b.header;
}

// What an accepted message comes with: the tags of rules, and the header field of the score as one more.
std::vector<policy::Tag> tags_of(std::vector<policy::Tag> tags, bool score_tag, double score) {
  if (score_tag) tags.push_back({.rule = "@score", .subject = {}, .header = pipeline::score_field(score)});
  return tags;
}

bool comes_plain(const Verdict& verdict) { return verdict.tags.empty() && !verdict.score_tag; }

std::string difference(const std::vector<policy::Tag>& before, const std::vector<policy::Tag>& after) {
  const auto beyond = [](const auto& those, const auto& these, std::string_view sign) {
    std::string text;
    for (const policy::Tag& one : those)
      if (std::ranges::none_of(these, [&](const policy::Tag& other) { return same_tag(one, other); }))
        text.append(text.empty() ? "" : " ").append(sign).append(one.rule);
    return text;
  };
  const std::string more = beyond(after, before, "+");
  const std::string less = beyond(before, after, "-");
  return more.empty() || less.empty() ? more + less : more + " " + less;
}

std::string difference(const Verdict& before, const Verdict& after) {
  if (comes_plain(before) && comes_plain(after)) return {};
  return difference(tags_of(before.tags, before.score_tag, before.score),
                    tags_of(after.tags, after.score_tag, after.score));
}

}  // namespace

Retrial::Retrial(const pipeline::InForce& in_force, bool trial)
    : in_force_(in_force), wanted_(in_force), trial_(trial), rule_ids_(in_force.policy->rule_ids()) {}

void Retrial::judge(const journal::Recorded& recorded,
                    const std::function<void(const Retried&)>& each) const {
  if (recorded.session) {
    if (recorded.session->judged) each(judge_one(recorded, nullptr, recorded.verdict));
    return;
  }
  for (const journal::RecordedRecipient& recipient : recorded.recipients) {
    if (const auto by = refused_by(recorded, recipient); !by.empty())
      each({.kind = Retried::Kind::outside,
            .record = recorded,
            .recipient = recipient.address,
            .rule_before = by});
    else if (!recipient.verdict.settled)
      each({.kind = Retried::Kind::undecided, .record = recorded, .recipient = recipient.address});
    else
      each(judge_one(recorded, &recipient, recipient.verdict));
  }
  // Refused at MAIL.
  if (recorded.recipients.empty() && recorded.verdict.settled)
    each(judge_one(recorded, nullptr, recorded.verdict));
}

Retried Retrial::judge_one(const journal::Recorded& recorded, const journal::RecordedRecipient* recipient,
                           const Verdict& before) const {
  Retried retried{.record = recorded,
                  .recipient = recipient ? std::string_view(recipient->address) : std::string_view(),
                  .before = before.action,
                  .after = before.action,
                  .rule_before = before.rule};
  RecordedFacts facts(in_force_, wanted_, recorded, recipient);
  // What is missing is open, so that a verdict that is settled all the same does not hang on it.
  const bool exact = facts.complete() && !facts.any_missing();
  policy::Policy::Moment moment{.at_end = exact, .trouble_passed = before.trouble_passed};
  const Verdict after = in_force_.policy->decide(facts.facts(), moment);
  if (trial_ && after.settled) try_trials(retried, facts, after, moment);
  if (after.settled) compare(retried, before, after, exact);
  const bool accepted = retried.before == Disposition::accept && retried.after == Disposition::accept;
  if (after.settled && (exact || !accepted || !facts.complete())) return retried;
  facts.show_header();
  moment.at_end = true;
  policy::Prospect prospect = in_force_.policy->prospect(facts.facts(), facts.missing(), moment);
  if (!after.settled) look_ahead(retried, prospect, facts.complete());
  const bool to_accept = prospect.possible.size() == 1 && prospect.possible.front() == Disposition::accept;
  if (before.action == Disposition::accept && to_accept && facts.complete())
    compare_tags(retried, before, std::move(prospect));
  return retried;
}

void Retrial::compare(Retried& retried, const Verdict& before, const Verdict& after, bool exact) const {
  retried.after = after.action;
  retried.rule_after = after.rule;
  if (after.action != before.action) {
    retried.kind = Retried::Kind::changed;
    return;
  }
  if (exact && after.action == Disposition::accept) retried.tags = difference(before, after);
  if (after.rule != before.rule)
    retried.kind = Retried::Kind::other_rule;
  else if (!retried.tags.empty())
    retried.kind = Retried::Kind::other_tags;
}

void Retrial::look_ahead(Retried& retried, const policy::Prospect& prospect, bool complete) const {
  retried.rule_after = prospect.rule;
  if (prospect.possible.size() == 1) {
    // Which rule would have decided is not to be told, so that another one is not claimed.
    retried.after = prospect.possible.front();
    retried.kind = retried.after == retried.before ? Retried::Kind::same : Retried::Kind::changed;
    return;
  }
  retried.kind = Retried::Kind::cannot_tell;
  retried.hangs_on = prospect.hangs_on;
  retried.no_message = !complete;
}

// Of what is accepted before and after, where not all is known that the rules ask.
void Retrial::compare_tags(Retried& retried, const Verdict& before, policy::Prospect prospect) const {
  if (prospect.tags_rule.empty()) {
    retried.tags = difference(tags_of(before.tags, before.score_tag, before.score),
                              tags_of(std::move(prospect.tags), prospect.score_tag, prospect.score));
    if (!retried.tags.empty() && retried.kind == Retried::Kind::same)
      retried.kind = Retried::Kind::other_tags;
    return;
  }
  retried.hangs_on = std::move(prospect.tags_hang_on);
  if (retried.kind != Retried::Kind::same) return;  // by another rule, and that is sure
  retried.kind = Retried::Kind::cannot_tell;
  retried.tags_hang = true;
  retried.rule_after = std::move(prospect.tags_rule);
}

void Retrial::try_trials(Retried& retried, const RecordedFacts& facts, const Verdict& verdict,
                         policy::Policy::Moment moment) const {
  for (const std::string& rule : verdict.trial) {
    moment.applied = static_cast<std::size_t>(std::ranges::find(rule_ids_, rule) - rule_ids_.begin());
    const Verdict applied = in_force_.policy->decide(facts.facts(), moment);
    if (!applied.settled) continue;
    // What is refused or held carries no tags.
    const bool differs = applied.action != verdict.action ||
                         (verdict.action == Disposition::accept && !difference(verdict, applied).empty());
    retried.trial.push_back({rule, applied.action, differs});
  }
}

}  // namespace gateway::replay
