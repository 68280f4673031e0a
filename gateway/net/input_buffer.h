#pragma once
// Octets received and not yet read: one buffer for commands and data, so that nothing gets lost between them.
// The room for them is lent by a pool; while the connection waits, what is pending moves into as little as it
// needs.

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "gateway/net/block_pool.h"

namespace gateway::net {

class InputBuffer {
 public:
  explicit InputBuffer(BlockPool& pool) : pool_(pool) {}

  // Valid until room(), park() or clear().
  std::string_view pending() const { return {octets_ + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void consume(std::size_t octets) {
    begin_ += octets;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void clear() { begin_ = end_ = 0; }

  // Where the next octets may be put; empty when the buffer is full.
  std::span<char> room() {
    if (!block_) {
      BlockPool::Block block = pool_.lend();
      move_to(block.get());
      block_ = std::move(block);
      parked_.reset();
    } else if (end_ == pool_.octets() && begin_ > 0) {
      move_to(octets_);
    }
    return {octets_ + end_, pool_.octets() - end_};
  }
  void filled(std::size_t octets) { end_ += octets; }

  // Gives the block back.
  void park() {
    if (!block_) return;
    if (empty()) {
      octets_ = nullptr;
      clear();
    } else {
      parked_ = std::make_unique_for_overwrite<char[]>(end_ - begin_);
      move_to(parked_.get());
    }
    block_.reset();
  }

  // The same if blocks are scarce: where the wait is mostly none, moving what is pending costs more.
  void park_if_scarce() {
    if (empty() || pool_.scarce()) park();
  }

  std::size_t capacity() const { return pool_.octets(); }

 private:
  void move_to(char* place) {
    const std::string_view kept = pending();
    if (!kept.empty()) std::memmove(place, kept.data(), kept.size());
    octets_ = place;
    begin_ = 0;
    end_ = kept.size();
  }

  BlockPool& pool_;
  BlockPool::Block block_;
  std::unique_ptr<char[]> parked_;
  char* octets_ = nullptr;  // in one of the two
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace gateway::net
