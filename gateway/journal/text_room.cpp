#include "gateway/journal/text_room.h"

#include <cmath>
#include <cstdint>
#include <utility>

namespace gateway::journal {
namespace {

constexpr std::size_t kUsual = 8 << 10;       // of a record, and more
constexpr std::size_t kMostSpare = 64 << 10;  // more is not kept for a record that may never come

}  // namespace

// Of as many as are written at once, a record and its line.  Who finds none makes its own.
struct TextRoom::Spare {
  Room rooms[2];

  Room take() {
    for (Room& room : rooms)
      if (room.begin) return std::exchange(room, {});
    return {};
  }
  void keep(Room used) {
    for (Room& room : rooms)
      if (!room.begin) {
        room = std::move(used);
        return;
      }
  }
};

TextRoom::Spare& TextRoom::spare() {
  thread_local Spare spare;
  return spare;
}

TextRoom::TextRoom() : room_(spare().take()), at_(room_.begin.get()), end_(at_ + room_.size) {}

TextRoom::~TextRoom() {
  if (room_.begin && room_.size <= kMostSpare) spare().keep(std::move(room_));
}

void TextRoom::put_decimal(double value, unsigned decimals) {
  std::uint64_t one = 1;
  for (unsigned i = 0; i < decimals; ++i) one *= 10;
  const double bounded = value > 0 ? std::min(value, 1e12) : 0;  // none is not greater
  const auto units = static_cast<std::uint64_t>(std::llround(bounded * static_cast<double>(one)));
  put_number(units / one);
  put('.');
  for (std::uint64_t rest = units % one; one > 1; rest %= one) {
    one /= 10;
    put(static_cast<char>('0' + rest / one));
  }
}

void TextRoom::grow(std::size_t more) {
  const std::size_t used = size();
  Room larger;
  larger.size = std::max({2 * room_.size, used + more, kUsual});
  larger.begin = std::make_unique_for_overwrite<char[]>(larger.size);
  std::copy_n(room_.begin.get(), used, larger.begin.get());
  room_ = std::move(larger);
  at_ = room_.begin.get() + used;
  end_ = room_.begin.get() + room_.size;
}

}  // namespace gateway::journal
