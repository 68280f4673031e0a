#pragma once
// The last records of the journal, kept in memory for the review pages: of transactions, and apart from
// them, so that they push no mail out, of connections without one.

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gateway::review {

class Recent {
 public:
  explicit Recent(std::size_t most = 500, std::size_t most_sessions = 100)
      : transactions_{most, {}}, sessions_{most_sessions, {}} {}
  void add(std::string_view record);  // a line of the journal; from any thread
  // The newest first.
  std::vector<std::string> transactions() const;
  std::vector<std::string> sessions() const;
  std::optional<std::string> find(std::string_view id) const;

 private:
  static constexpr std::size_t kMostOctets = 64 << 20;
  struct Kept {
    std::size_t most;
    std::deque<std::string> records;
    std::size_t octets = 0;
    void add(std::string_view record);
  };
  mutable std::mutex mutex_;
  Kept transactions_;
  Kept sessions_;
};

}  // namespace gateway::review
