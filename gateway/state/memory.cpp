#include "gateway/state/memory.h"

#include <algorithm>
#include <limits>

namespace gateway::state {
namespace {

constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();

std::uint32_t clamped(std::int64_t seconds) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, kMost));
}

Time time_of(std::uint32_t seconds) { return Time(std::chrono::seconds(seconds)); }

std::uint32_t window_of(std::chrono::seconds window) {
  return std::max<std::uint32_t>(1, clamped(window.count()));
}

constexpr std::string_view kTooMany = "there are too many tables";

static_assert(LatelyUsed<KeptMark>::kOctetsPerEntry <= 60);
static_assert(LatelyUsed<SlidingCount>::kOctetsPerEntry <= 108);

}  // namespace

std::uint32_t seconds_of(Time time) { return clamped(time.time_since_epoch().count()); }

Memory::Memory(MemoryBounds bounds, Secret secret)
    : per_shard_{(bounds.marks + kShards - 1) / kShards, (bounds.rates + kShards - 1) / kShards},
      secret_(secret) {}

KeyHash Memory::hash(std::string_view table, std::string_view key) const {
  std::array<char, 1536> room;  // for any key that filters make
  if (table.size() + 1 + key.size() > room.size())
    return hash_key(secret_, std::string(table) + '\0' + std::string(key));
  char* at = std::copy(table.begin(), table.end(), room.data());
  *at++ = '\0';
  at = std::copy(key.begin(), key.end(), at);
  return hash_key(secret_, {room.data(), static_cast<std::size_t>(at - room.data())});
}

template <class Content>
LatelyUsed<Content>* Memory::table(std::vector<Table<Content>>& tables, std::string_view name) {
  for (Table<Content>& one : tables)
    if (one.name == name) return &one.entries;
  return nullptr;
}

template <class Content>
LatelyUsed<Content>* Memory::table(std::vector<Table<Content>>& tables, std::string_view name,
                                   std::size_t most) {
  if (LatelyUsed<Content>* known = table(tables, name)) return known;
  if (tables.size() >= kMostTables) return nullptr;
  return &tables.emplace_back(Table<Content>{std::string(name), LatelyUsed<Content>(most)}).entries;
}

StateAnswer Memory::answer(const StateQuestion& question, Time now) {
  const KeyHash key = hash(question.table, question.key);
  const std::uint32_t moment = seconds_of(now);
  StateAnswer answer;
  Shard& of_key = shard(key);
  const std::lock_guard lock(of_key.mutex);
  if (question.asks == StateQuestion::Asks::mark) {
    auto* marks = table(of_key.marks, question.table);
    const KeptMark* mark = marks ? marks->find(key) : nullptr;
    if (mark && !mark->forgotten(moment))
      answer.mark = Mark{time_of(mark->first), time_of(mark->last), mark->count};
    return answer;
  }
  const std::uint32_t window = window_of(question.window);
  if (question.add > 0) {
    auto* rates = table(of_key.rates, question.table, per_shard_.rates);
    if (!rates) {
      answer.failed = kTooMany;
      return answer;
    }
    SlidingCount& rate = rates->alter(key);
    rate.add(question.add, window, moment);
    answer.rate = rate.within(window, moment);
  } else if (auto* rates = table(of_key.rates, question.table)) {
    if (const SlidingCount* rate = rates->find(key)) answer.rate = rate->within(window, moment);
  }
  return answer;
}

void Memory::learn(const StateUpdate& update, Time now) {
  const KeyHash key = hash(update.table, update.key);
  const std::uint32_t moment = seconds_of(now);
  Shard& of_key = shard(key);
  const std::lock_guard lock(of_key.mutex);
  if (update.does == StateUpdate::Does::add) {
    if (auto* rates = table(of_key.rates, update.table, per_shard_.rates))
      rates->alter(key).add(update.add, window_of(update.keep), moment);
    return;
  }
  auto* marks = table(of_key.marks, update.table, per_shard_.marks);
  if (!marks) return;
  KeptMark& mark = marks->alter(key);
  if (mark.count == 0 || mark.forgotten(moment)) mark = {.first = moment};
  mark.last = moment;
  mark.count += mark.count < kMost ? 1 : 0;
  mark.keep = clamped(update.keep.count());
}

void Memory::take_changes(std::size_t shard, Taker& taker) {
  Shard& one = shards_[shard];
  const std::lock_guard lock(one.mutex);
  for (auto& [name, marks] : one.marks)
    marks.take_changes(
        [&, &name = name](const KeyHash& key, const KeptMark& mark) { taker.mark(name, key, mark); });
  for (auto& [name, rates] : one.rates)
    rates.take_changes(
        [&, &name = name](const KeyHash& key, const SlidingCount& rate) { taker.rate(name, key, rate); });
}

void Memory::take_all(std::size_t shard, Taker& taker) {
  Shard& one = shards_[shard];
  const std::lock_guard lock(one.mutex);
  for (auto& [name, marks] : one.marks)
    marks.take_all(
        [&, &name = name](const KeyHash& key, const KeptMark& mark) { taker.mark(name, key, mark); });
  for (auto& [name, rates] : one.rates)
    rates.take_all(
        [&, &name = name](const KeyHash& key, const SlidingCount& rate) { taker.rate(name, key, rate); });
}

void Memory::restore(std::string_view name, const KeyHash& key, const KeptMark& mark) {
  Shard& of_key = shard(key);
  const std::lock_guard lock(of_key.mutex);
  if (auto* marks = table(of_key.marks, name, per_shard_.marks)) marks->alter(key) = mark;
}

void Memory::restore(std::string_view name, const KeyHash& key, const SlidingCount& rate) {
  Shard& of_key = shard(key);
  const std::lock_guard lock(of_key.mutex);
  if (auto* rates = table(of_key.rates, name, per_shard_.rates)) rates->alter(key) = rate;
}

std::size_t Memory::entries() const {
  std::size_t all = 0;
  for (Shard& one : shards_) {
    const std::lock_guard lock(one.mutex);
    for (const auto& table : one.marks) all += table.entries.size();
    for (const auto& table : one.rates) all += table.entries.size();
  }
  return all;
}

}  // namespace gateway::state
