#pragma once
// What is remembered, in memory: named tables of marks and of rates, each of them bounded, with the entries
// used least lately forgotten first.  Any thread may ask and teach; keys lie in shards, so that event loops
// seldom meet.
//
// A mark costs 60 octets, a rate 108.  A table grows as it fills; no table takes more than its bound,
// whatever comes in.

#include <array>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/state/key_hash.h"
#include "gateway/state/lately_used.h"
#include "gateway/state/sliding_count.h"
#include "gateway/vocabulary.h"
#include "policy/facts/question.h"

namespace gateway::state {

// A mark as it is kept: seconds since the epoch.
struct KeptMark {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint32_t count = 0;  // 0: new
  std::uint32_t keep = 0;

  bool forgotten(std::uint32_t now) const { return std::uint64_t{last} + keep < now; }
};

struct MemoryBounds {  // entries of a table
  std::size_t marks = 500'000;
  std::size_t rates = 100'000;
};

std::uint32_t seconds_of(Time time);  // since the epoch; the nearest there is

class Memory {
 public:
  static constexpr std::size_t kShards = 64;
  static constexpr std::size_t kMostTables = 16;  // of marks, and of rates; filters name far fewer

  explicit Memory(MemoryBounds bounds = {}, Secret secret = random_secret());

  StateAnswer answer(const StateQuestion& question, Time now);
  void learn(const StateUpdate& update, Time now);

  // --- for the file that outlives us

  class Taker {  // called under the lock of a shard
   public:
    virtual ~Taker() = default;
    virtual void mark(std::string_view table, const KeyHash& key, const KeptMark& mark) = 0;
    virtual void rate(std::string_view table, const KeyHash& key, const SlidingCount& rate) = 0;
  };
  void take_changes(std::size_t shard, Taker& taker);
  void take_all(std::size_t shard, Taker& taker);  // of each table those used least lately first

  const Secret& secret() const { return secret_; }
  // Before anybody asks: the keys of what is restored were hashed with that secret.
  void use(const Secret& secret) { secret_ = secret; }
  void restore(std::string_view table, const KeyHash& key, const KeptMark& mark);
  void restore(std::string_view table, const KeyHash& key, const SlidingCount& rate);

  std::size_t entries() const;

 private:
  template <class Content>
  struct Table {
    std::string name;
    LatelyUsed<Content> entries;
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::vector<Table<KeptMark>> marks;
    std::vector<Table<SlidingCount>> rates;
  };

  KeyHash hash(std::string_view table, std::string_view key) const;
  Shard& shard(const KeyHash& key) { return shards_[key.high % kShards]; }
  template <class Content>
  static LatelyUsed<Content>* table(std::vector<Table<Content>>& tables, std::string_view name);
  template <class Content>
  static LatelyUsed<Content>* table(std::vector<Table<Content>>& tables, std::string_view name,
                                    std::size_t most);

  const MemoryBounds per_shard_;
  Secret secret_;
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace gateway::state
