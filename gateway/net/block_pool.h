#pragma once
// Blocks of memory lent to the connections of one event loop while there is something in them: an idle
// connection holds none, and the few in use stay warm in the cache.

#include <cstddef>
#include <memory>
#include <vector>

namespace gateway::net {

class BlockPool {
 public:
  // Blocks of `octets`; up to `kept` of those given back stay for the next.
  BlockPool(std::size_t octets, std::size_t kept) : octets_(octets), kept_(kept) { free_.reserve(kept); }
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  struct GiveBack {
    BlockPool* pool = nullptr;
    void operator()(char* block) const { pool->take_back(std::unique_ptr<char[]>(block)); }
  };
  using Block = std::unique_ptr<char[], GiveBack>;  // must not outlive the pool

  Block lend() {
    ++lent_;
    if (free_.empty()) return Block(new char[octets_], GiveBack{this});
    Block block(free_.back().release(), GiveBack{this});
    free_.pop_back();
    return block;
  }

  std::size_t octets() const { return octets_; }  // of a block
  std::size_t lent() const { return lent_; }      // right now
  bool scarce() const { return lent_ > kept_; }   // another one is memory made for it

 private:
  void take_back(std::unique_ptr<char[]> block) {
    --lent_;
    if (free_.size() < kept_) free_.push_back(std::move(block));
  }

  const std::size_t octets_;
  const std::size_t kept_;
  std::size_t lent_ = 0;
  std::vector<std::unique_ptr<char[]>> free_;
};

}  // namespace gateway::net
