#pragma once
// Octets as a file has them: only what was asked for, into the room given.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>

#include "policy/facts/message.h"

namespace support {

class FarOctets final : public policy::Octets {
 public:
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  explicit FarOctets(std::string text, std::size_t most_at_once = kNever, std::size_t fails_from = kNever)
      : text_(std::move(text)), most_at_once_(most_at_once), fails_from_(fails_from) {}
  std::uint64_t size() const override { return text_.size(); }
  std::string_view read(std::uint64_t offset, std::span<char> room) const override {
    if (offset >= fails_from_) throw std::runtime_error("the disk failed");
    if (offset >= text_.size()) return {};
    return {room.data(), text_.copy(room.data(), std::min(room.size(), most_at_once_), offset)};
  }

 private:
  std::string text_;
  std::size_t most_at_once_;
  std::size_t fails_from_;
};

}  // namespace support
