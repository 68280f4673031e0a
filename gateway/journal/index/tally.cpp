#include "gateway/journal/index/tally.h"

#include <chrono>

#include "gateway/journal/index/term.h"

namespace gateway::journal::index {
namespace {

constexpr std::size_t kLongest = 253;  // octets of a text: a domain name

}  // namespace

std::int64_t hour_of(Time time) {
  return std::chrono::floor<std::chrono::hours>(time.time_since_epoch()).count();
}

void Tally::add(std::int64_t hour, Counted what, std::string_view text, std::uint64_t count) {
  if (count == 0) return;
  Key key{what, std::string(text.substr(0, kLongest)), hour};
  // Indexes tell them in this order.
  if (!counts_.empty() && counts_.rbegin()->first < key)
    counts_.emplace_hint(counts_.end(), std::move(key), count);
  else
    counts_[std::move(key)] += count;
}

void Tally::add(Tally&& other) {
  counts_.merge(other.counts_);  // what is left in it has a key that is here, too
  for (const auto& [key, count] : other.counts_) counts_[key] += count;
}

void Tally::add(const Row& row) {
  const std::int64_t hour = hour_of(row.time);
  const auto one = [&](Counted what, std::string_view text) { add(hour, what, text, 1); };
  if (!row.note.empty()) {
    if (row.lost >= 1 && row.lost < 1e15) add(hour, Counted::lost, {}, static_cast<std::uint64_t>(row.lost));
    return;
  }
  if (row.session) {
    one(Counted::ended, row.ended);
    if (row.unrecorded >= 1 && row.unrecorded < 1e15)
      add(hour, Counted::unrecorded, {}, static_cast<std::uint64_t>(row.unrecorded));
    if (!row.rule.empty()) one(Counted::session_rule, row.rule);
    for (const std::string_view rule : row.trial) one(Counted::session_trial, rule);
    return;
  }
  one(Counted::verdict, row.outcome());
  if (!row.rule.empty()) one(Counted::rule, row.rule);
  for (const std::string_view rule : row.effective) one(Counted::effect, rule);
  for (const std::string_view rule : row.trial) one(Counted::trial, rule);
  for (const std::string_view list : row.lists) one(Counted::list, list);
  const std::string domain(domain_part(comparable_address(row.sender)));
  one(Counted::domain, domain);
  if (row.action == "reject" || row.action == "defer") one(Counted::refused, domain);
}

}  // namespace gateway::journal::index
