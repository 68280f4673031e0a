#pragma once
// How much memory all messages together may take, on all threads.

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace gateway::smtp {

class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t octets) : octets_(octets) {}

  bool take(std::uint64_t octets) {
    const std::uint64_t before = taken_.fetch_add(octets, std::memory_order_relaxed);
    if (before + octets <= octets_.load(std::memory_order_relaxed)) return true;
    give_back(octets);
    return false;
  }
  void give_back(std::uint64_t octets) { taken_.fetch_sub(octets, std::memory_order_relaxed); }

  std::uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }
  bool exhausted() const { return taken() >= octets_.load(std::memory_order_relaxed); }
  // So much is free that some may take more than their share.
  bool plenty() const { return taken() <= octets_.load(std::memory_order_relaxed) / 4; }
  void resize(std::uint64_t octets) { octets_.store(octets, std::memory_order_relaxed); }  // after a reload

 private:
  std::atomic<std::uint64_t> octets_;
  std::atomic<std::uint64_t> taken_{0};
};

// A share of the budget, given back at the end of its life.
class MemoryLease {
 public:
  explicit MemoryLease(std::shared_ptr<MemoryBudget> budget) : budget_(std::move(budget)) {}
  MemoryLease(MemoryLease&& other) noexcept
      : budget_(std::move(other.budget_)), octets_(std::exchange(other.octets_, 0)) {}
  MemoryLease& operator=(MemoryLease&&) = delete;
  ~MemoryLease() {
    if (octets_ > 0) budget_->give_back(octets_);
  }

  // False when the budget does not allow more; the share is as before then.
  bool resize(std::uint64_t octets) {
    if (octets > octets_ && !budget_->take(octets - octets_)) return false;
    if (octets < octets_) budget_->give_back(octets_ - octets);
    octets_ = octets;
    return true;
  }

 private:
  std::shared_ptr<MemoryBudget> budget_;
  std::uint64_t octets_ = 0;
};

}  // namespace gateway::smtp
