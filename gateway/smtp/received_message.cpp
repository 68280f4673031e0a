#include "gateway/smtp/received_message.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <optional>
#include <stdexcept>

#include "gateway/net/descriptor.h"

namespace gateway::smtp {
namespace {

constexpr std::size_t kWriteAtOnce = 256 << 10;

int open_unnamed(const std::filesystem::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return descriptor;
  std::string name = (directory / "incoming-XXXXXX").string();  // file systems without O_TMPFILE
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

// A message in memory, and what of the budget it holds.
class LeasedOctets final : public Octets {
 public:
  LeasedOctets(std::string text, MemoryLease lease) : octets_(std::move(text)), lease_(std::move(lease)) {}
  std::uint64_t size() const override { return octets_.size(); }
  std::string_view read(std::uint64_t offset, std::span<char> room) const override {
    return octets_.read(offset, room);
  }
  std::string_view in_memory() const override { return octets_.in_memory(); }

 private:
  MemoryOctets octets_;
  MemoryLease lease_;
};

}  // namespace

class ReceivedMessage::File final : public Octets {
 public:
  explicit File(asio::any_io_executor workers) : workers_(std::move(workers)) {}
  // The last to let go of it is a loop, as a rule, and the kernel takes milliseconds to free a large file.
  ~File() override {
    if (descriptor_.get() < 0) return;
    try {
      asio::post(workers_, [closed = std::move(descriptor_)] {});
    } catch (const std::exception&) {  // no memory for that: it was closed here
    }
  }

  bool append(const std::filesystem::path& directory, std::string_view text) {
    if (descriptor_.get() < 0) descriptor_ = net::Descriptor(open_unnamed(directory));
    if (descriptor_.get() < 0) return false;
    while (!text.empty()) {
      const ssize_t put = ::pwrite(descriptor_.get(), text.data(), text.size(), static_cast<off_t>(size_));
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return false;
      size_ += static_cast<std::uint64_t>(put);
      text.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }

  // What of the budget stays taken as long as it is there.
  void hold(MemoryLease lease) { lease_.emplace(std::move(lease)); }

  std::uint64_t size() const override { return size_; }
  std::string_view read(std::uint64_t offset, std::span<char> room) const override {
    if (offset >= size_ || room.empty()) return {};
    for (;;) {
      const ssize_t got = ::pread(descriptor_.get(), room.data(), room.size(), static_cast<off_t>(offset));
      if (got > 0) return {room.data(), static_cast<std::size_t>(got)};
      if (got == 0 || errno != EINTR) throw std::runtime_error("a received message cannot be read back");
    }
  }

 private:
  asio::any_io_executor workers_;
  net::Descriptor descriptor_;
  std::uint64_t size_ = 0;
  std::optional<MemoryLease> lease_;
};

ReceivedMessage::ReceivedMessage(std::shared_ptr<const Spool> spool, std::uint64_t in_memory)
    : spool_(std::move(spool)), in_memory_(in_memory), lease_(spool_->memory) {}

ReceivedMessage::~ReceivedMessage() = default;

std::uint64_t ReceivedMessage::most_in_memory() const {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max() / kWhilePlenty;
  const std::uint64_t most = std::min(in_memory_, kMost) * kWhilePlenty;
  return expected_ <= most && spool_->memory->plenty() ? most : in_memory_;
}

void ReceivedMessage::expect(std::uint64_t octets) {
  expected_ = octets;
  tail_.reserve(std::min(octets, in_memory_));
}

// Before the room is used up, so that what is there moves once, and not on the client's word alone.  All of a
// large one's room counts: it may be memory that an earlier message has used.  False when that is too much.
bool ReceivedMessage::make_room(std::uint64_t octets) {
  if (!lease_.resize(std::max<std::uint64_t>(octets, tail_.capacity()))) return false;
  if (octets > tail_.capacity()) tail_.reserve(octets);
  return true;
}

bool ReceivedMessage::grown() {
  if (trouble_ != Trouble::none) {
    tail_.clear();
    return false;
  }
  const std::uint64_t most = file_ ? kWriteAtOnce : most_in_memory();
  const bool counted = !file_ && large() && make_room(std::min(expected_, most));
  if (!counted && !lease_.resize(tail_.size())) {
    drop();
    trouble_ = Trouble::memory;
    return false;
  }
  return tail_.size() > (counted || file_ ? most : in_memory_);
}

asio::awaitable<void> ReceivedMessage::spill() {
  if (!file_) file_ = std::make_shared<File>(spool_->workers);
  // The worker owns what it works on: the session may be gone before the disk answers.
  const auto text = std::make_shared<const std::string>(std::move(tail_));
  tail_.clear();
  const auto write = [](std::shared_ptr<File> file, std::shared_ptr<const Spool> spool,
                        std::shared_ptr<const std::string> octets) -> asio::awaitable<bool> {
    co_return file->append(spool->directory, *octets);
  };
  const bool written =
      co_await asio::co_spawn(spool_->workers, write(file_, spool_, text), asio::use_awaitable);
  if (!written) {
    drop();
    trouble_ = Trouble::disk;
  }
  lease_.resize(0);
}

asio::awaitable<std::shared_ptr<const Octets>> ReceivedMessage::finish(std::uint64_t header_octets) {
  if (trouble_ == Trouble::none && file_ && !tail_.empty()) co_await spill();
  const auto counts = [&](std::uint64_t octets) { return lease_.resize(octets + header_octets); };
  if (trouble_ == Trouble::none && !(large() && counts(tail_.capacity())) && !counts(tail_.size()))
    trouble_ = Trouble::memory;
  if (trouble_ != Trouble::none) co_return nullptr;
  if (!file_) co_return std::make_shared<LeasedOctets>(std::move(tail_), std::move(lease_));
  file_->hold(std::move(lease_));
  co_return std::move(file_);
}

void ReceivedMessage::drop() {
  tail_ = {};
  file_.reset();
  lease_.resize(0);
}

}  // namespace gateway::smtp
