#include "tests/support/naive_state.h"

namespace support {

using namespace policy;

StateAnswer NaiveState::answer(const StateQuestion& question, Time now) {
  StateAnswer answer;
  answer.failed = failed;
  if (!failed.empty()) return answer;
  const Key key{question.table, question.key};
  if (question.asks == StateQuestion::Asks::mark) {
    const auto at = marks_.find(key);
    if (at != marks_.end() && at->second.mark.last + at->second.keep >= now) answer.mark = at->second.mark;
    return answer;
  }
  if (question.add > 0) amounts_[key].emplace_back(now, question.add);
  if (const auto at = amounts_.find(key); at != amounts_.end())
    for (const auto& [when, amount] : at->second)
      if (now - when < question.window) answer.rate += amount;
  return answer;
}

void NaiveState::learn(const StateUpdate& update, Time now) {
  if (!failed.empty()) return;
  const Key key{update.table, update.key};
  if (update.does == StateUpdate::Does::add) {
    amounts_[key].emplace_back(now, update.add);
    return;
  }
  const auto [at, fresh] = marks_.try_emplace(key);
  Kept& kept = at->second;
  if (fresh || kept.mark.last + kept.keep < now) kept.mark = {.first = now};
  kept.mark.last = now;
  ++kept.mark.count;
  kept.keep = update.keep;
}

}  // namespace support
