#include "tests/support/fault_disk.h"

#include <cstring>

namespace support {

std::vector<std::string> FaultDisk::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

FaultDisk::Turn FaultDisk::turn(std::string call) {
  const std::lock_guard lock(mutex_);
  const std::size_t number = calls_.size();
  calls_.push_back(std::move(call));
  if (!fault || number < fault->at || (number > fault->at && !fault->later_too)) return Turn::do_it;
  return number == fault->at && fault->half_done ? Turn::do_it_then_fail : Turn::fail;
}

gateway::Error FaultDisk::error() const { return gateway::Error(std::strerror(fault->code), fault->code); }

template <class Call>
auto FaultDisk::guarded(std::string call, Call real) -> decltype(real()) {
  const Turn what = turn(std::move(call));
  if (what == Turn::fail) return error();
  auto result = real();
  if (what == Turn::do_it_then_fail) return error();
  return result;
}

FaultDisk::Result<int> FaultDisk::open_new(const Path& path) {
  const Turn what = turn("open " + path.parent_path().filename().string());
  if (what == Turn::fail) return error();
  const Result<int> descriptor = real_.open_new(path);
  if (what == Turn::do_it) return descriptor;
  if (descriptor) real_.close(*descriptor);
  return error();
}

FaultDisk::Result<std::size_t> FaultDisk::write(int descriptor, std::string_view octets) {
  const Turn what = turn("write");
  if (what == Turn::fail) return error();
  if (what == Turn::do_it) return real_.write(descriptor, octets.substr(0, most_at_once));
  static_cast<void>(real_.write(descriptor, octets.substr(0, octets.size() / 2)));
  return error();
}

FaultDisk::Result<void> FaultDisk::fsync(int descriptor) {
  return guarded("fsync", [&] { return real_.fsync(descriptor); });
}
FaultDisk::Result<void> FaultDisk::rename(const Path& from, const Path& to) {
  return guarded("rename " + to.parent_path().filename().string(), [&] { return real_.rename(from, to); });
}
FaultDisk::Result<void> FaultDisk::link(const Path& from, const Path& to) {
  return guarded("link " + to.parent_path().filename().string(), [&] { return real_.link(from, to); });
}
FaultDisk::Result<void> FaultDisk::unlink(const Path& path) {
  return guarded("unlink " + path.parent_path().filename().string(), [&] { return real_.unlink(path); });
}
FaultDisk::Result<bool> FaultDisk::make_directory(const Path& path) {
  return guarded("mkdir " + path.filename().string(), [&] { return real_.make_directory(path); });
}
FaultDisk::Result<void> FaultDisk::fsync_dir(const Path& path) {
  return guarded("fsync_dir " + path.filename().string(), [&] { return real_.fsync_dir(path); });
}
FaultDisk::Result<double> FaultDisk::free_share(const Path&) {
  if (turn("free_share") != Turn::do_it) return error();
  return share;
}

}  // namespace support
