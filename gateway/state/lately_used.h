#pragma once
// A bounded table by hashed key: when it is full, the entry that was used least lately makes room.  It knows
// what changed since it was last asked, each entry once however often it changed.  Not thread-safe.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "gateway/state/key_hash.h"

namespace gateway::state {

template <class Content>
class LatelyUsed {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  struct Node {
    KeyHash key;
    std::uint32_t older = kNone;
    std::uint32_t newer = kNone;
    std::uint32_t next = kNone;  // of its bucket
    bool changed = false;
    bool listed = false;  // in changed_, be it for an entry that made room meanwhile
    Content content;
  };

 public:
  // What an entry costs at the most: itself, its share of the buckets, and a place among the changes.
  static constexpr std::size_t kOctetsPerEntry = sizeof(Node) + 3 * sizeof(std::uint32_t);

  explicit LatelyUsed(std::size_t most) : most_(std::max<std::size_t>(most, 1)) {}

  std::size_t size() const { return nodes_.size(); }

  // nullptr where there is none; else it is the one used last from now on.
  const Content* find(const KeyHash& key) {
    const std::uint32_t at = place(key);
    if (at == kNone) return nullptr;
    use(at);
    return &nodes_[at].content;
  }

  // For writing, till the next call: what is there, or a new one as its constructor leaves it.
  Content& alter(const KeyHash& key) {
    std::uint32_t at = place(key);
    if (at == kNone)
      at = insert(key);
    else
      use(at);
    Node& node = nodes_[at];
    node.changed = true;
    if (!std::exchange(node.listed, true)) changed_.push_back(at);
    return node.content;
  }

  bool has_changes() const { return !changed_.empty(); }

  // Tells each entry that changed, and forgets that it did.
  template <class Tell>
  void take_changes(Tell tell) {
    for (const std::uint32_t at : changed_) {
      Node& node = nodes_[at];
      node.listed = false;
      if (std::exchange(node.changed, false)) tell(node.key, node.content);
    }
    changed_.clear();
  }

  // Tells all, those used least lately first, and forgets that they changed.
  template <class Tell>
  void take_all(Tell tell) {
    for (std::uint32_t at = oldest_; at != kNone; at = nodes_[at].newer) {
      nodes_[at].changed = nodes_[at].listed = false;
      tell(nodes_[at].key, nodes_[at].content);
    }
    changed_.clear();
  }

 private:
  std::size_t bucket_of(const KeyHash& key) const { return key.low & (buckets_.size() - 1); }

  std::uint32_t place(const KeyHash& key) const {
    if (buckets_.empty()) return kNone;
    std::uint32_t at = buckets_[bucket_of(key)];
    while (at != kNone && !(nodes_[at].key == key)) at = nodes_[at].next;
    return at;
  }

  std::uint32_t insert(const KeyHash& key) {
    const std::uint32_t at = room();
    Node& node = nodes_[at];
    node.key = key;
    node.content = Content();
    std::uint32_t& bucket = buckets_[bucket_of(key)];
    node.next = bucket;
    bucket = at;
    link(at);
    return at;
  }

  std::uint32_t room() {
    if (nodes_.size() >= most_) {
      const std::uint32_t at = oldest_;
      take_out(at);
      return at;
    }
    if (nodes_.size() == nodes_.capacity()) grow();
    nodes_.emplace_back();
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }

  void grow() {
    nodes_.reserve(std::min(most_, std::max<std::size_t>(16, nodes_.size() * 2)));
    const std::size_t buckets = std::bit_ceil(nodes_.capacity());
    if (buckets <= buckets_.size()) return;
    buckets_.assign(buckets, kNone);
    for (std::uint32_t at = oldest_; at != kNone; at = nodes_[at].newer) {
      std::uint32_t& bucket = buckets_[bucket_of(nodes_[at].key)];
      nodes_[at].next = bucket;
      bucket = at;
    }
  }

  void take_out(std::uint32_t at) {
    std::uint32_t* place = &buckets_[bucket_of(nodes_[at].key)];
    while (*place != at) place = &nodes_[*place].next;
    *place = nodes_[at].next;
    unlink(at);
    nodes_[at].changed = false;
  }

  void use(std::uint32_t at) {
    unlink(at);
    link(at);
  }

  void link(std::uint32_t at) {
    Node& node = nodes_[at];
    node.older = newest_;
    node.newer = kNone;
    (newest_ == kNone ? oldest_ : nodes_[newest_].newer) = at;
    newest_ = at;
  }

  void unlink(std::uint32_t at) {
    const Node& node = nodes_[at];
    (node.older == kNone ? oldest_ : nodes_[node.older].newer) = node.newer;
    (node.newer == kNone ? newest_ : nodes_[node.newer].older) = node.older;
  }

  std::size_t most_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> buckets_;  // as many as nodes, a power of two
  std::vector<std::uint32_t> changed_;
  std::uint32_t oldest_ = kNone;
  std::uint32_t newest_ = kNone;
};

}  // namespace gateway::state
