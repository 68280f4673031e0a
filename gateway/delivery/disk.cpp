#include "gateway/delivery/disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <system_error>
#include <vector>

namespace gateway::delivery {
namespace {

constexpr std::size_t kSliceOctets = 64 << 10;

Error failed(std::string_view what, const Path& path) {
  const int code = errno;
  return Error(fmt::format("cannot {} {}: {}", what, path.string(), std::generic_category().message(code)),
               code);
}

Error failed(std::string_view what) {
  const int code = errno;
  return Error(fmt::format("cannot {}: {}", what, std::generic_category().message(code)), code);
}

// No bare CR is left in a parcel, so every CR belongs to a line end.
void drop_carriage_returns(std::string_view part, std::string& lines) {
  lines.assign(part);
  std::erase(lines, '\r');
}

}  // namespace

Result<int> RealDisk::open_new(const Path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failed("make", path);
  return descriptor;
}

Result<std::size_t> RealDisk::write(int descriptor, std::string_view octets) {
  for (;;) {
    const ssize_t put = ::write(descriptor, octets.data(), octets.size());
    if (put >= 0) return static_cast<std::size_t>(put);
    if (errno != EINTR) return failed("write");
  }
}

Result<void> RealDisk::fsync(int descriptor) {
  // A failed fsync is not repeated: the kernel may have dropped the pages and would then say all is well.
  if (::fsync(descriptor) != 0) return failed("sync");
  return {};
}

void RealDisk::close(int descriptor) { ::close(descriptor); }

Result<void> RealDisk::rename(const Path& from, const Path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return failed("rename to", to);
  return {};
}

Result<void> RealDisk::link(const Path& from, const Path& to) {
  if (::link(from.c_str(), to.c_str()) != 0) return failed("link", to);
  return {};
}

Result<void> RealDisk::unlink(const Path& path) {
  if (::unlink(path.c_str()) != 0) return failed("remove", path);
  return {};
}

Result<bool> RealDisk::make_directory(const Path& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return true;
  const int code = errno;
  struct stat found {};
  if (code == EEXIST && ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) return false;
  errno = code == EEXIST ? ENOTDIR : code;
  return failed("make the directory", path);
}

Result<void> RealDisk::fsync_dir(const Path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return failed("open the directory", path);
  const int result = ::fsync(descriptor);
  const int code = errno;
  ::close(descriptor);
  errno = code;
  if (result != 0) return failed("sync the directory", path);
  return {};
}

Result<double> RealDisk::free_share(const Path& path) {
  struct statvfs space {};
  if (::statvfs(path.c_str(), &space) != 0) return failed("ask for free space on", path);
  // Blocks kept for root are no use to us.
  const double used = static_cast<double>(space.f_blocks - std::min(space.f_bfree, space.f_blocks));
  const double free_blocks = static_cast<double>(space.f_bavail);
  const double all = used + free_blocks;
  return all > 0 ? free_blocks / all : 1.0;
}

Result<void> write_all(Disk& disk, int descriptor, std::string_view octets) {
  while (!octets.empty()) {
    const Result<std::size_t> put = disk.write(descriptor, octets);
    if (!put) return put.error();
    if (*put == 0 || *put > octets.size()) return Error("cannot write: the disk takes nothing", ENOSPC);
    octets.remove_prefix(*put);
  }
  return {};
}

Result<void> write_whole(Disk& disk, int descriptor, const Parcel& parcel, LineEnds line_ends) {
  std::string lines;
  const auto put = [&](std::string_view part) -> Result<void> {
    if (line_ends == LineEnds::crlf) return write_all(disk, descriptor, part);
    drop_carriage_returns(part, lines);
    return write_all(disk, descriptor, lines);
  };
  std::string header = parcel.header;
  header += "\r\n";
  if (Result<void> done = put(header); !done) return done;
  if (!parcel.octets) return {};
  try {
    std::vector<char> room(kSliceOctets);
    for (std::uint64_t at = parcel.body_offset; at < parcel.octets->size();) {
      const std::string_view part = parcel.octets->read(at, room);
      if (part.empty()) return Error("cannot read the message back: it is shorter than it was", EIO);
      if (Result<void> done = put(part); !done) return done;
      at += part.size();
    }
  } catch (const std::exception& trouble) {  // Octets::read: the disk under the received message failed
    return Error(trouble.what(), EIO);
  }
  return {};
}

std::uint64_t whole_size(const Parcel& parcel) {
  const std::uint64_t end = parcel.octets ? parcel.octets->size() : 0;
  return parcel.header.size() + 2 + (end > parcel.body_offset ? end - parcel.body_offset : 0);
}

}  // namespace gateway::delivery
