#include "gateway/commands/state_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include "gateway/delivery/disk.h"

namespace gateway::commands {

Result<std::unique_ptr<StateLock>> StateLock::take(const settings::Path& state) {
  const auto failed = [&](int code) {
    return Error(fmt::format("state directory {}: {}", state.string(), std::generic_category().message(code)),
                 code);
  };
  std::error_code error;
  std::vector<settings::Path> above;  // what gets a new entry: a held message is as safe as the way to it
  for (settings::Path at = std::filesystem::absolute(state); !std::filesystem::exists(at, error);
       at = at.parent_path())
    above.push_back(at.parent_path());
  std::filesystem::create_directories(state / "incoming", error);
  if (error) return failed(error.value());
  for (const settings::Path& directory : above)
    if (const Result<void> synced = delivery::RealDisk().fsync_dir(directory); !synced) return synced.error();
  auto lock = std::make_unique<StateLock>();
  lock->file_ = net::Descriptor(::open((state / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock->file_.get() < 0) return failed(errno);
  if (::flock(lock->file_.get(), LOCK_EX | LOCK_NB) != 0)
    return Error(fmt::format("state directory {} is in use by another gateway", state.string()));
  return lock;
}

}  // namespace gateway::commands
