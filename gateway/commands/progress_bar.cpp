#include "gateway/commands/progress_bar.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace gateway::commands {
namespace {

constexpr std::uint64_t kWidth = 30;
constexpr std::chrono::milliseconds kPause{100};  // between two that are drawn

}  // namespace

ProgressBar::ProgressBar(std::uint64_t all)
    : all_(std::max<std::uint64_t>(all, 1)),
      terminal_(::isatty(STDERR_FILENO) == 1),
      next_(std::chrono::steady_clock::now()) {}

ProgressBar::~ProgressBar() {
  if (terminal_) fmt::print(stderr, "\r\x1b[K");
}

void ProgressBar::at(std::uint64_t done, std::string_view what) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now < next_) return;
  next_ = now + kPause;
  const auto share = static_cast<double>(std::min(done, all_)) / static_cast<double>(all_);
  const auto filled = static_cast<std::size_t>(share * kWidth);
  std::string bar;
  for (std::size_t i = 0; i < kWidth; ++i) bar += i < filled ? "█" : "░";
  fmt::print(stderr, "\r\x1b[K{}  {:>3.0f} %  {}", bar, share * 100, what);
  std::fflush(stderr);
}

}  // namespace gateway::commands
