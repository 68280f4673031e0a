#include "policy/file_stamp.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace policy {
namespace {

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

Result<FileStamp> stamp(int result, const struct stat& found) {
  if (result != 0) return Error(std::generic_category().message(errno), errno);
  return FileStamp{.device = found.st_dev,
                   .inode = found.st_ino,
                   .size = static_cast<std::uint64_t>(found.st_size),
                   .modified = nanoseconds(found.st_mtim),
                   .changed = nanoseconds(found.st_ctim)};
}

}  // namespace

Result<FileStamp> stamp_of(const std::filesystem::path& file) {
  struct stat found {};
  return stamp(::stat(file.c_str(), &found), found);
}

Result<FileStamp> stamp_of(int descriptor) {
  struct stat found {};
  return stamp(::fstat(descriptor, &found), found);
}

}  // namespace policy
