#include "gateway/state/state_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>
#include <vector>

#include "gateway/net/descriptor.h"
#include "gateway/state/frames.h"

namespace gateway::state {
namespace {

constexpr std::size_t kPiece = 256 << 10;

class Restorer final : public Memory::Taker {
 public:
  Restorer(Memory& memory, std::uint32_t now) : memory_(memory), now_(now) {}

  void mark(std::string_view table, const KeyHash& key, const KeptMark& mark) override {
    ++taken_;
    if (!mark.forgotten(now_)) memory_.restore(table, key, mark);
  }
  void rate(std::string_view table, const KeyHash& key, const SlidingCount& rate) override {
    ++taken_;
    memory_.restore(table, key, rate);
  }
  std::uint64_t taken() const { return taken_; }

 private:
  Memory& memory_;
  const std::uint32_t now_;
  std::uint64_t taken_ = 0;
};

// What has been forgotten, or is all of the past, need not be written.
class Lasting final : public Memory::Taker {
 public:
  Lasting(Memory::Taker& taker, std::uint32_t now) : taker_(taker), now_(now) {}

  void mark(std::string_view table, const KeyHash& key, const KeptMark& mark) override {
    if (!mark.forgotten(now_)) taker_.mark(table, key, mark);
  }
  void rate(std::string_view table, const KeyHash& key, const SlidingCount& rate) override {
    if (rate.within(rate.window(), now_) > 0) taker_.rate(table, key, rate);
  }

 private:
  Memory::Taker& taker_;
  const std::uint32_t now_;
};

// Reads a file from its beginning.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)), error_(file_.get() < 0 ? errno : 0) {}

  bool absent() const { return error_ == ENOENT; }
  std::string error() const { return error_ == 0 ? "" : std::generic_category().message(error_); }

  // The next piece; empty at the end, or after an error.
  std::string_view piece() {
    while (error_ == 0) {
      const ssize_t got = ::read(file_.get(), room_.data(), room_.size());
      if (got >= 0) return {room_.data(), static_cast<std::size_t>(got)};
      if (errno != EINTR) error_ = errno;
    }
    return {};
  }

 private:
  net::Descriptor file_;
  int error_;
  std::vector<char> room_ = std::vector<char>(kPiece);
};

}  // namespace

StateFile::StateFile(std::filesystem::path directory, delivery::Disk& disk, Memory& memory)
    : directory_(std::move(directory)), disk_(disk), memory_(memory) {}

StateFile::~StateFile() { close(); }

void StateFile::close() {
  if (open_) disk_.close(*open_);
  open_.reset();
}

StateFile::Loaded StateFile::load(Time now) {
  Loaded loaded;
  const std::filesystem::path path = directory_ / kName;
  Reader reader(path);
  if (reader.absent()) return loaded;
  loaded.found = true;
  FrameReader frames;
  Restorer restorer(memory_, seconds_of(now));
  std::optional<FileHeader> header;
  bool readable = true;  // else nothing in it is of use
  std::uint64_t odd = 0;
  const auto take = [&](std::string_view payload) {
    if (header) {
      if (!decode_entries(payload, restorer)) ++odd;
      return;
    }
    header = decode_header(payload);
    readable = header && header->version == kFileVersion;
    if (readable) memory_.use(header->secret);
  };
  for (std::string_view piece = reader.piece(); readable; piece = reader.piece()) {
    if (piece.empty())
      frames.end();
    else
      frames.feed(piece);
    while (readable) {
      const auto payload = frames.next();
      if (!payload) break;
      take(*payload);
    }
    if (piece.empty()) break;
  }
  loaded.entries = restorer.taken();
  loaded.foreign = header && header->version != kFileVersion;
  if (!reader.error().empty())
    loaded.trouble = reader.error();
  else if (loaded.foreign)
    loaded.trouble = fmt::format("it is of version {}, and we read {}", header->version, kFileVersion);
  else if (!header)
    loaded.trouble = "its beginning is damaged";
  else if (frames.skipped() > 0 || odd > 0)
    loaded.trouble =
        fmt::format("{} octets of it are damaged", std::max<std::uint64_t>(frames.skipped(), odd));
  if (!loaded.trouble.empty()) static_cast<void>(disk_.rename(path, directory_ / "shared.state.damaged"));
  return loaded;
}

Result<void> StateFile::put(std::string_view octets) {
  added_ += octets.size();
  return delivery::write_all(disk_, *open_, octets);
}

Result<void> StateFile::save(Time now) {
  Result<void> done;
  try {
    done = open_ && added_ <= std::max(whole_, kLeastGrowth) ? append() : write_anew(now);
  } catch (const std::exception& failed) {  // no memory for what is to be written
    done = Error(failed.what());
  }
  if (!done) close();  // its end may be half a frame: all of it is written again
  return done;
}

// Copied shard by shard under its lock, and written when the lock is free again.
template <class Take>
Result<void> StateFile::put_entries(Take take) {
  Result<void> done;
  std::string octets;
  FrameWriter writer([&](std::string_view frame) { octets += frame; });
  for (std::size_t shard = 0; shard < Memory::kShards && done; ++shard) {
    take(shard, writer);
    if (octets.size() < kPiece) continue;
    done = put(octets);
    octets.clear();
  }
  writer.flush();
  if (done && !octets.empty()) done = put(octets);
  return done;
}

Result<void> StateFile::append() {
  const std::uint64_t before = added_;
  Result<void> done =
      put_entries([&](std::size_t shard, FrameWriter& to) { memory_.take_changes(shard, to); });
  if (done && added_ > before) done = disk_.fsync(*open_);
  return done;
}

Result<void> StateFile::write_anew(Time now) {
  close();
  const std::filesystem::path made = directory_ / (std::string(kName) + ".new");
  static_cast<void>(disk_.unlink(made));  // of one that did not come to its end
  const Result<int> descriptor = disk_.open_new(made);
  if (!descriptor) return descriptor.error();
  open_ = *descriptor;
  added_ = 0;
  Result<void> done = put(encode_header({kFileVersion, memory_.secret()}));
  if (done)
    done = put_entries([&](std::size_t shard, FrameWriter& to) {
      Lasting lasting(to, seconds_of(now));
      memory_.take_all(shard, lasting);
    });
  whole_ = added_;
  added_ = 0;
  if (done) done = disk_.fsync(*open_);
  if (done) done = disk_.rename(made, directory_ / kName);
  if (done) done = disk_.fsync_dir(directory_);
  return done;
}

}  // namespace gateway::state
