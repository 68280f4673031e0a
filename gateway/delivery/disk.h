#pragma once
// The system calls that make a message safe, behind one seam so that tests can let each of them fail.
// Errors carry errno.

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "gateway/delivery/mailstore.h"

namespace gateway::delivery {

using Path = std::filesystem::path;

class Disk {
 public:
  virtual ~Disk() = default;

  virtual Result<int> open_new(const Path& path) = 0;                              // it must not exist yet
  virtual Result<std::size_t> write(int descriptor, std::string_view octets) = 0;  // may take fewer
  virtual Result<void> fsync(int descriptor) = 0;
  virtual void close(int descriptor) = 0;
  virtual Result<void> rename(const Path& from, const Path& to) = 0;
  virtual Result<void> link(const Path& from, const Path& to) = 0;  // fails where `to` exists
  virtual Result<void> unlink(const Path& path) = 0;
  virtual Result<bool> make_directory(const Path& path) = 0;  // true when it is new
  virtual Result<void> fsync_dir(const Path& path) = 0;
  virtual Result<double> free_share(const Path& path) = 0;  // 0 to 1, of what we may use
};

class RealDisk final : public Disk {
 public:
  Result<int> open_new(const Path& path) override;
  Result<std::size_t> write(int descriptor, std::string_view octets) override;
  Result<void> fsync(int descriptor) override;
  void close(int descriptor) override;
  Result<void> rename(const Path& from, const Path& to) override;
  Result<void> link(const Path& from, const Path& to) override;
  Result<void> unlink(const Path& path) override;
  Result<bool> make_directory(const Path& path) override;
  Result<void> fsync_dir(const Path& path) override;
  Result<double> free_share(const Path& path) override;
};

enum class LineEnds { crlf, lf };

// All of `octets`, however few each write takes.
Result<void> write_all(Disk& disk, int descriptor, std::string_view octets);

// Header, empty line and body, in slices: the body may be larger than we like to have in memory.
Result<void> write_whole(Disk& disk, int descriptor, const Parcel& parcel, LineEnds line_ends);

// Octets of `parcel` as they lie on the wire: header section, empty line, body.
std::uint64_t whole_size(const Parcel& parcel);

// Makes the file `made` with what `fill(descriptor)` writes, synced, under the name `made`, which must be
// new; on any failure it is removed again.
template <class Fill>
Result<void> write_new_file(Disk& disk, const Path& made, Fill fill) {
  const Result<int> descriptor = disk.open_new(made);
  if (!descriptor) return descriptor.error();
  Result<void> done = fill(*descriptor);
  if (done) done = disk.fsync(*descriptor);
  disk.close(*descriptor);
  if (!done) static_cast<void>(disk.unlink(made));
  return done;
}

// Runs `work` on the disk's threads and comes back to the caller's executor.  `work` owns what it uses: the
// caller may be gone before the disk answers.
template <class Work>
asio::awaitable<std::invoke_result_t<Work>> off_loop(asio::any_io_executor workers, Work work) {
  const auto run = [](Work owned) -> asio::awaitable<std::invoke_result_t<Work>> { co_return owned(); };
  co_return co_await asio::co_spawn(workers, run(std::move(work)), asio::use_awaitable);
}

}  // namespace gateway::delivery
