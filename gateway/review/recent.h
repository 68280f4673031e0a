#pragma once
// The last records of the journal, kept in memory for the review pages.

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gateway::review {

class Recent {
 public:
  explicit Recent(std::size_t most = 500) : most_(most) {}
  void add(const std::string& record);   // a line of the journal; from any thread
  std::vector<std::string> all() const;  // the newest first
  std::optional<std::string> find(std::string_view id) const;

 private:
  static constexpr std::size_t kMostOctets = 64 << 20;
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::deque<std::string> records_;
  std::size_t octets_ = 0;
};

}  // namespace gateway::review
