#include "gateway/replay/differences.h"

#include <algorithm>
#include <tuple>

namespace gateway::replay {
namespace {

// Ids sort by time.
bool is_newer(const Sample& a, const Sample& b) {
  return std::tie(b.id, a.recipient) < std::tie(a.id, b.recipient);
}

}  // namespace

void Samples::add(const Retried& retried, std::size_t most) {
  const journal::Recorded& record = retried.record;
  if (most == 0 || (all_.size() == most && record.id < all_.back().id)) return;
  Samples one;
  one.all_.push_back({record.id, record.start, record.sender, std::string(retried.recipient),
                      record.header_from, record.subject.value_or("")});
  merge(std::move(one), most);
}

void Samples::merge(Samples other, std::size_t most) {
  std::ranges::move(other.all_, std::back_inserter(all_));
  std::ranges::sort(all_, is_newer);
  if (all_.size() > most) all_.resize(most);
}

void Differences::add(const Retried& retried) {
  using Kind = Retried::Kind;
  if (retried.kind == Kind::undecided) {
    ++undecided;
    return;
  }
  if (retried.kind == Kind::outside) {
    ++outside[std::string(retried.rule_before)];
    return;
  }
  ++judged;
  for (const TrialHit& hit : retried.trial) {
    TrialCount& count = trials[hit.rule];
    ++count.held;
    if (!hit.differs) {
      ++count.no_difference;
      continue;
    }
    ++count.would[{retried.after, hit.would}];
    count.samples.add(retried, most_samples);
  }
  switch (retried.kind) {
    case Kind::same: ++same; return;
    case Kind::changed: ++changed; break;
    case Kind::other_rule: ++other_rule; break;
    case Kind::other_tags: ++other_tags; break;
    default: ++cannot_tell;
  }
  Group& group =
      groups[{retried.kind, retried.before, retried.after, std::string(retried.rule_before),
              retried.rule_after, retried.hangs_on, retried.tags_hang, retried.no_message, retried.tags}];
  ++group.count;
  group.samples.add(retried, most_samples);
}

void Differences::merge(Differences other) {
  for (const auto count :
       {&Differences::transactions, &Differences::sessions, &Differences::unreadable, &Differences::judged,
        &Differences::same, &Differences::changed, &Differences::other_rule, &Differences::other_tags,
        &Differences::cannot_tell, &Differences::undecided, &Differences::asked_again,
        &Differences::answered_otherwise})
    this->*count += other.*count;
  for (const auto& [by, count] : other.outside) outside[by] += count;
  for (auto& [key, group] : other.groups) {
    Group& ours = groups[key];
    ours.count += group.count;
    ours.samples.merge(std::move(group.samples), most_samples);
  }
  for (auto& [rule, count] : other.trials) {
    TrialCount& ours = trials[rule];
    ours.recorded += count.recorded;
    ours.held += count.held;
    ours.no_difference += count.no_difference;
    for (const auto& [actions, number] : count.would) ours.would[actions] += number;
    ours.samples.merge(std::move(count.samples), most_samples);
  }
}

}  // namespace gateway::replay
