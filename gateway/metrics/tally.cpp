#include "gateway/metrics/tally.h"

#include "gateway/journal/conclusion.h"

namespace gateway::metrics {
namespace {

constexpr std::size_t kMostWords = 1000;

// The figures of a word, which is only copied when it is new.
template <class Map>
auto& at(Map& map, std::string_view word) {
  const auto found = map.find(word);
  return found != map.end() ? found->second : map[std::string(word)];
}

template <class Map>
void add_all(Map& to, const Map& from) {
  for (const auto& [word, counts] : from) at(to, word).add(counts);
}

void tell(Exposition& text, const std::map<std::string, Counts, std::less<>>& all, std::string_view first,
          std::string_view second) {
  for (const auto& [one, counts] : all)
    for (const auto& [other, count] : counts.all())
      text.sample("_total", {{first, one}, {second, other}}, static_cast<double>(count));
}

void tell(Exposition& text, const Counts& counts, std::string_view label) {
  for (const auto& [word, count] : counts.all())
    text.sample("_total", {{label, word}}, static_cast<double>(count));
}

}  // namespace

void Counts::add(std::string_view word, std::uint64_t more) {
  auto found = counts_.find(word);
  if (found == counts_.end())
    found = counts_.try_emplace(std::string(counts_.size() < kMostWords ? word : "other")).first;
  found->second += more;
}

void Counts::add(const Counts& others) {
  for (const auto& [word, count] : others.counts_) add(word, count);
}

void Tally::Sums::add(const Sums& others) {
  add_all(verdicts, others.verdicts);
  trial.add(others.trial);
  add_all(evidence, others.evidence);
  add_all(recipients, others.recipients);
  sessions.add(others.sessions);
  duration.add(others.duration);
  add_all(filters, others.filters);
  octets += others.octets;
}

void Tally::transaction(const journal::Entry& entry) {
  const journal::Conclusion conclusion = journal::conclusion(entry);
  const std::lock_guard lock(mutex_);
  at(sums_.verdicts, conclusion.action).add(conclusion.rule);
  for (const std::string& rule : entry.verdict->trial) sums_.trial.add(rule);
  for (const Evidence& one : entry.evidence) at(sums_.evidence, one.method).add(name(one.outcome));
  for (const journal::RecipientEntry& one : entry.recipients)
    at(sums_.recipients, entry.delivery->mailstore).add(one.fate.empty() ? "none" : one.fate);
  sums_.duration.add(entry.duration);
  sums_.octets += entry.size;
}

void Tally::session(std::string_view ended) {
  const std::lock_guard lock(mutex_);
  sums_.sessions.add(ended);
}

void Tally::examined(std::string_view filter, Elapsed from_to_done) {
  const std::lock_guard lock(mutex_);
  at(sums_.filters, filter).add(std::chrono::duration<double>(from_to_done).count());
}

void Tally::tell(std::span<const std::unique_ptr<Tally>> all, Exposition& text) {
  Sums sums;
  for (const auto& one : all) {
    const std::lock_guard lock(one->mutex_);
    sums.add(one->sums_);
  }
  using Type = Exposition::Type;
  text.family("postern_transactions", Type::counter, "Transactions, by verdict and the rule that decided.");
  metrics::tell(text, sums.verdicts, "verdict", "rule");
  text.family("postern_trial_rules", Type::counter, "Transactions for which a rule on trial held.");
  metrics::tell(text, sums.trial, "rule");
  text.family("postern_recipients", Type::counter, "Recipients, by mailstore and what became of their copy.");
  metrics::tell(text, sums.recipients, "mailstore", "fate");
  text.family("postern_evidence", Type::counter, "Findings, by method and outcome.");
  metrics::tell(text, sums.evidence, "method", "outcome");
  text.family("postern_message_bytes", Type::counter, "Octets of all messages that came in.");
  text.sample("_total", {}, static_cast<double>(sums.octets));
  text.family("postern_transaction_seconds", Type::histogram, "From MAIL to the last reply.");
  sums.duration.tell(text, {}, {});
  text.family("postern_filter_seconds", Type::histogram,
              "From a filter's start to its end, with its waits for the DNS.");
  for (const auto& [filter, durations] : sums.filters) durations.tell(text, "filter", filter);
  text.family("postern_sessions_without_message", Type::counter,
              "Connections that came to no transaction, by how they ended.");
  metrics::tell(text, sums.sessions, "ended");
}

}  // namespace gateway::metrics
