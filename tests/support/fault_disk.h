#pragma once
// A real disk whose n-th call fails on request, and that notes the order of calls.

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/delivery/disk.h"

namespace support {

class FaultDisk final : public gateway::delivery::Disk {
 public:
  using Path = gateway::delivery::Path;
  template <class T>
  using Result = gateway::Result<T>;

  struct Fault {
    unsigned at = 0;         // the call, counted from 0
    int code = 0;            // errno
    bool later_too = false;  // as after a crash: nothing works any more, cleaning up neither
    bool half_done = false;  // a write leaves half of its octets behind; other calls are done, then fail
  };

  std::optional<Fault> fault;
  std::size_t most_at_once = SIZE_MAX;     // octets a write takes
  double share = 1.0;                      // free on the disk
  std::vector<std::string> calls() const;  // "write", "fsync", "rename new", "fsync_dir new", …

  Result<int> open_new(const Path& path) override;
  Result<std::size_t> write(int descriptor, std::string_view octets) override;
  Result<void> fsync(int descriptor) override;
  void close(int descriptor) override { real_.close(descriptor); }
  Result<void> rename(const Path& from, const Path& to) override;
  Result<void> link(const Path& from, const Path& to) override;
  Result<void> unlink(const Path& path) override;
  Result<bool> make_directory(const Path& path) override;
  Result<void> fsync_dir(const Path& path) override;
  Result<double> free_share(const Path& path) override;

 private:
  enum class Turn { do_it, fail, do_it_then_fail };
  Turn turn(std::string call);
  gateway::Error error() const;
  template <class Call>
  auto guarded(std::string call, Call real) -> decltype(real());

  gateway::delivery::RealDisk real_;
  mutable std::mutex mutex_;
  std::vector<std::string> calls_;
};

}  // namespace support
