#pragma once
// Whole messages kept beside the journal, for review and `postern explain`: those about which certain rules
// decided, and a sample of all.  Off unless somebody asks for it.  A thread of its own writes them; where it
// cannot keep up, or the disk does not take them, they are left out, and mail goes on.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/net/seldom.h"
#include "gateway/settings/settings.h"
#include "gateway/vocabulary.h"

namespace gateway::capture {

class Capture {
 public:
  struct Counts {
    std::uint64_t kept = 0;
    std::uint64_t left_out = 0;  // too many at once, or too fast
    std::uint64_t failed = 0;
  };
  static constexpr std::size_t kMostWaiting = 32;  // messages
  static constexpr std::uint64_t kMostPerMinute = 600;

  explicit Capture(settings::CaptureSettings settings);
  ~Capture();  // writes what waits
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  // From any thread.  After a reload; the directory stays that of the start.
  void use(settings::CaptureSettings settings);
  // Whether the message of this transaction, about which these rules decided, is to be kept.
  bool wants(std::string_view id, const std::vector<std::string_view>& rules) const;
  // Keeps it as <directory>/<id>.eml, soon; returns at once.
  void offer(std::string id, std::shared_ptr<const Octets> message);
  Counts counts() const;

 private:
  struct Waiting {
    std::string id;
    std::shared_ptr<const Octets> message;
  };
  void run();
  void write(const Waiting& one);
  void tidy();

  const std::filesystem::path directory_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  settings::CaptureSettings settings_;
  std::atomic<bool> on_;  // so that mail does not meet at the lock while nothing is kept
  std::deque<Waiting> waiting_;
  std::chrono::steady_clock::time_point minute_{};  // began
  std::uint64_t in_minute_ = 0;
  Counts counts_;
  bool stop_ = false;
  net::Seldom complaint_;  // the thread's own
  std::thread thread_;
};

// Removes captured messages whose id or text is one of those to be removed; how many.  Blocks.
std::size_t erase(const std::filesystem::path& directory,
                  const std::function<bool(std::string_view id)>& has_id,
                  const std::function<bool(std::string_view text)>& has_text);

}  // namespace gateway::capture
