#pragma once
// The octets of the state's file: frames, each with its length and checksums, so that whatever is whole is
// found again behind what is damaged or was cut off.
//
// A frame is 16 octets ("PST1", length of the payload, its CRC-32, CRC-32 of the twelve octets before) and
// its payload, at most 64 KiB.  The payload's first octet says what it is:
//   H  the first frame: version (4), secret (16)
//   M  marks:  length of the table's name (1), the name, then 32 octets each: key (16), first, last, count,
//   keep (4 each) R  rates:  likewise, then 76 octets each: key (16), window, slot (4 each), thirteen amounts
//   (4 each, IEEE 754)
// Numbers are little-endian.  An entry stands for all that stood there of its key before.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/state/memory.h"

namespace gateway::state {

inline constexpr std::uint32_t kFileVersion = 1;
inline constexpr std::size_t kMostPayload = 64 << 10;

// Cuts what is fed into payloads.  Total, and linear in what it is fed; holds a frame and what was fed last.
class FrameReader {
 public:
  void feed(std::string_view octets);
  // Nothing more will come.
  void end() { ended_ = true; }
  // The payload of the next whole frame, valid till the next call; nothing: feed more, or it is over.
  std::optional<std::string_view> next();
  // Octets so far that belong to no whole frame.
  std::uint64_t skipped() const { return skipped_; }

 private:
  void skip(std::size_t octets);

  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t skipped_ = 0;
  bool ended_ = false;
};

struct FileHeader {
  std::uint32_t version = 0;
  Secret secret{};
};

std::string encode_header(const FileHeader& header);  // a whole frame
std::optional<FileHeader> decode_header(std::string_view payload);

// Hands the entries of a payload to `taker`; those with impossible numbers are left out.  False when it is
// none of entries.
bool decode_entries(std::string_view payload, Memory::Taker& taker);

// Gathers entries to frames.  What is full goes to `put`.
class FrameWriter final : public Memory::Taker {
 public:
  using Put = std::function<void(std::string_view frame)>;

  explicit FrameWriter(Put put) : put_(std::move(put)) {}

  void mark(std::string_view table, const KeyHash& key, const KeptMark& mark) override;
  void rate(std::string_view table, const KeyHash& key, const SlidingCount& rate) override;
  void flush();

 private:
  void begin(char kind, std::string_view table);

  Put put_;
  std::string frame_;  // room for its head first
  std::string table_;
  char kind_ = 0;
};

}  // namespace gateway::state
