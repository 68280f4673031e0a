#pragma once
// Networks, held as what they cover: addresses from … to, apart from each other and sorted.  A million of
// them take 8 MB (IPv4), and looking an address up is one binary search, whatever their prefixes.

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <vector>

#include "policy/facts/ip_address.h"
#include "policy/large_memory.h"

namespace policy {

class NetworkSet {
 public:
  NetworkSet() = default;
  explicit NetworkSet(std::vector<Network> networks);

  bool has(const IpAddress& address) const;
  bool empty() const { return v4_.empty() && v6_.empty(); }
  std::size_t memory_bytes() const { return v4_.memory_bytes() + v6_.memory_bytes(); }

 private:
  template <class Number>
  class Ranges {
   public:
    // In the order of `first`; of two that overlap one holds the other.
    void add(const Number& first, const Number& last) {
      if (!last_.empty() && first <= last_.back()) {
        last_.back() = std::max(last_.back(), last);
        return;
      }
      first_.push_back(first);
      last_.push_back(last);
    }
    bool has(const Number& number) const {
      const auto behind = std::upper_bound(first_.begin(), first_.end(), number);
      return behind != first_.begin() &&
             number <= last_[static_cast<std::size_t>(behind - first_.begin()) - 1];
    }
    bool empty() const { return first_.empty(); }
    std::size_t memory_bytes() const { return (first_.capacity() + last_.capacity()) * sizeof(Number); }
    void settle() {
      first_.shrink_to_fit();
      last_.shrink_to_fit();
    }

   private:
    std::vector<Number, LargeMemory<Number>> first_;
    std::vector<Number, LargeMemory<Number>> last_;
  };

  Ranges<std::uint32_t> v4_;
  Ranges<std::array<std::uint8_t, 16>> v6_;
};

}  // namespace policy
