#include "gateway/journal/file_lock.h"

#include <sys/file.h>

#include <cerrno>
#include <thread>

namespace gateway::journal {
namespace {

constexpr std::chrono::milliseconds kPause{1};

}  // namespace

FileLock::FileLock(int descriptor, Kind kind, std::chrono::milliseconds patience) : descriptor_(descriptor) {
  const int how = (kind == Kind::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!(held_ = ::flock(descriptor_, how) == 0)) {
    if (errno != EWOULDBLOCK && errno != EINTR) return;  // a file system that knows no locks
    if (std::chrono::steady_clock::now() >= until) return;
    std::this_thread::sleep_for(kPause);
  }
}

FileLock::~FileLock() {
  if (held_) ::flock(descriptor_, LOCK_UN);
}

}  // namespace gateway::journal
