#include "gateway/list_files/locked_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
#include <thread>

#include "policy/language/list_file.h"
#include "policy/ordinary_file.h"

namespace gateway::list_files {
namespace {

constexpr std::chrono::milliseconds kPause{20};
constexpr unsigned kTries = 1500;  // half a minute in all: who changes it waits for the gateway to take it
constexpr const char* kAccessList = "system.posix_acl_access";

// What a link points to is changed, though it is not there yet.  Where links lead in a circle, opening it
// says so.
std::filesystem::path behind_links(std::filesystem::path file) {
  constexpr int kMostLinks = 40;
  std::error_code none;
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(file, none); ++i) {
    const auto target = std::filesystem::read_symlink(file, none);
    if (none) break;
    file = file.parent_path() / target;
  }
  return file;
}

Error failed(std::string_view what, const std::filesystem::path& path, int code) {
  return Error(fmt::format("cannot {} {}: {}", what, path.string(), std::generic_category().message(code)),
               code);
}

}  // namespace

Result<std::unique_ptr<LockedFile>> LockedFile::open(const Path& file, delivery::Disk& disk,
                                                     unsigned mode_of_new) {
  std::error_code error;
  const Path real = std::filesystem::weakly_canonical(behind_links(std::filesystem::absolute(file)), error);
  if (error) return failed("find", file, error.value());
  std::unique_ptr<LockedFile> locked(new LockedFile(real, disk, mode_of_new));
  if (const Result<void> done = locked->lock(); !done) return done.error();
  auto read = policy::read_ordinary_file(real, policy::language::ListFile::kMostOctets);
  if (!read && read.error().system_code() == ENOENT) {
    locked->is_new_ = true;
    return locked;
  }
  if (!read) return Error(fmt::format("cannot read {}: {}", real.string(), read.error().text()));
  locked->text_ = std::move(read->text);
  return locked;
}

LockedFile::~LockedFile() {
  if (lock_ >= 0) ::close(lock_);
}

// The directory is locked, not the file: that is another one after each change.
Result<void> LockedFile::lock() {
  const Path directory = file_.parent_path();
  lock_ = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) return failed("open the directory", directory, errno);
  for (unsigned tries = 0; ::flock(lock_, LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK && errno != EINTR) return failed("lock the directory", directory, errno);
    if (tries == kTries)
      return Error(fmt::format("{} is being changed by another program", file_.string()), EWOULDBLOCK);
    std::this_thread::sleep_for(kPause);
  }
  return {};
}

Result<void> LockedFile::dress(int descriptor) const {
  struct stat old {};
  if (is_new_) {
    if (::fchmod(descriptor, mode_of_new_) != 0) return failed("set the mode of", file_, errno);
    return {};
  }
  struct stat made {};
  if (::stat(file_.c_str(), &old) != 0 || ::fstat(descriptor, &made) != 0)
    return failed("look at", file_, errno);
  if ((old.st_uid != made.st_uid || old.st_gid != made.st_gid) &&
      ::fchown(descriptor, old.st_uid, old.st_gid) != 0)
    return failed("keep the owner of", file_, errno);
  if (::fchmod(descriptor, old.st_mode & 07777) != 0) return failed("keep the mode of", file_, errno);
  std::string list(64 << 10, '\0');
  const ssize_t size = ::getxattr(file_.c_str(), kAccessList, list.data(), list.size());
  if (size > 0 && ::fsetxattr(descriptor, kAccessList, list.data(), static_cast<std::size_t>(size), 0) != 0)
    return failed("keep the access list of", file_, errno);
  return {};
}

Result<void> LockedFile::replace(std::string_view text) {
  // We have the lock: what is there of that name was left by one who was killed.
  const Path beside = file_.parent_path() / ("." + file_.filename().string() + ".new");
  static_cast<void>(disk_.unlink(beside));
  const auto fill = [&](int descriptor) -> Result<void> {
    if (const Result<void> dressed = dress(descriptor); !dressed) return dressed;
    return delivery::write_all(disk_, descriptor, text);
  };
  if (const Result<void> made = delivery::write_new_file(disk_, beside, fill); !made) return made;
  if (const Result<void> put = disk_.rename(beside, file_); !put) {
    static_cast<void>(disk_.unlink(beside));
    return put;
  }
  if (const Result<void> synced = disk_.fsync_dir(file_.parent_path()); !synced)
    return Error(fmt::format("{} has changed, but may be as it was after a crash: {}", file_.string(),
                             synced.error().text()),
                 synced.error().system_code());
  return {};
}

}  // namespace gateway::list_files
