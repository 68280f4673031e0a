#pragma once
// How far long work is: a line on standard error that is written over, on a terminal only.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gateway::commands {

class ProgressBar {
 public:
  explicit ProgressBar(std::uint64_t all);
  ~ProgressBar();  // clears the line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void at(std::uint64_t done, std::string_view what);  // printable

 private:
  const std::uint64_t all_;
  const bool terminal_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace gateway::commands
