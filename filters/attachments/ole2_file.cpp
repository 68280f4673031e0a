#include "filters/attachments/ole2_file.h"

#include <algorithm>

#include "filters/attachments/octets.h"

namespace filters::attachments {
namespace {

constexpr std::uint32_t kLastSector = 0xfffffffa;  // numbers above have meanings of their own
constexpr std::size_t kHeaderFat = 109;            // numbers of sectors that the header has room for
constexpr std::size_t kMostEntries = 16'384;
constexpr std::size_t kEntry = 128;
constexpr std::uint64_t kSmall = 4096;  // streams below lie in small sectors …
constexpr unsigned kSmallShift = 6;     // … of 64 octets
constexpr std::size_t kMostSmall = 4 << 20;

}  // namespace

Ole2File::Ole2File(std::string_view file) : file_(file) {
  const unsigned shift = little16(file, 30);
  shift_ = shift == 12 ? 12 : 9;
  read_fat();
  read_directory();
}

std::string_view Ole2File::sector(std::uint32_t number) const {
  if (number >= kLastSector) return {};
  return cut(file_, (std::uint64_t{number} + 1) << shift_, std::uint64_t{1} << shift_);
}

void Ole2File::read_fat() {
  const std::size_t most = (file_.size() >> shift_) + 1;  // there are not more sectors
  const auto take = [&](std::uint32_t number) {
    if (number < kLastSector && fat_.size() < most) fat_.push_back(sector(number));
  };
  for (std::size_t i = 0; i < kHeaderFat; ++i) take(little32(file_, 76 + 4 * i));
  const std::size_t per_sector = (std::size_t{1} << shift_) / 4 - 1;  // the last one continues
  std::uint32_t more = little32(file_, 68);
  for (std::size_t i = 0; i < most && more < kLastSector; ++i) {
    const std::string_view numbers = sector(more);
    if (numbers.empty()) break;
    for (std::size_t k = 0; k < per_sector; ++k) take(little32(numbers, 4 * k));
    more = numbers.size() > 4 * per_sector ? little32(numbers, 4 * per_sector) : kLastSector;
  }
}

std::uint32_t Ole2File::next(std::uint32_t sector) const {
  const std::size_t per_sector = (std::size_t{1} << shift_) / 4;
  const std::size_t at = sector / per_sector;
  if (at >= fat_.size()) return kLastSector;
  const std::size_t place = 4 * (sector % per_sector);
  return place + 4 <= fat_[at].size() ? little32(fat_[at], place) : kLastSector;
}

std::string Ole2File::read_chain(std::uint32_t start, std::size_t most) const {
  std::string out;
  const std::size_t longest = (file_.size() >> shift_) + 1;  // longer is a circle
  for (std::size_t i = 0; i < longest && start < kLastSector && out.size() < most; ++i) {
    const std::string_view part = sector(start);
    if (part.empty()) break;
    out += part.substr(0, most - out.size());
    start = next(start);
  }
  return out;
}

void Ole2File::read_directory() {
  const std::string directory = read_chain(little32(file_, 48), kMostEntries * kEntry);
  whole_ = directory.size() < kMostEntries * kEntry;
  for (std::size_t at = 0; at + kEntry <= directory.size(); at += kEntry) {
    const std::string_view entry = std::string_view(directory).substr(at, kEntry);
    const std::uint8_t kind = octet(entry, 66);
    if (kind != 1 && kind != 2 && kind != 5) continue;
    Ole2Entry found{.kind = static_cast<Ole2Entry::Kind>(kind),
                    .start = little32(entry, 116),
                    .size = shift_ == 9 ? little32(entry, 120) : little64(entry, 120)};
    const std::size_t length = std::min<std::size_t>(little16(entry, 64), 64);
    for (std::size_t i = 0; i + 1 < length; i += 2) {
      const std::uint16_t unit = little16(entry, i);
      if (unit == 0) break;
      found.name += unit < 0x80 ? static_cast<char>(unit) : '?';
    }
    found.class_id = std::string(entry.substr(80, 16));
    entries_.push_back(std::move(found));
  }
  const auto root = std::ranges::find(entries_, Ole2Entry::Kind::root, &Ole2Entry::kind);
  if (root == entries_.end()) return;
  small_ = read_chain(root->start, kMostSmall);
  small_fat_ = read_chain(little32(file_, 60), kMostSmall >> kSmallShift << 2);
}

std::string Ole2File::read(const Ole2Entry& stream, std::size_t most) const {
  most = static_cast<std::size_t>(std::min<std::uint64_t>(most, stream.size));
  if (stream.size >= kSmall) return read_chain(stream.start, most);
  std::string out;
  std::uint32_t number = stream.start;
  for (std::size_t i = 0; i <= kSmall >> kSmallShift && number < kLastSector && out.size() < most; ++i) {
    const std::string_view part = cut(small_, std::uint64_t{number} << kSmallShift, 1 << kSmallShift);
    if (part.empty()) break;
    out += part.substr(0, most - out.size());
    number = std::size_t{number} * 4 + 4 <= small_fat_.size() ? little32(small_fat_, std::size_t{number} * 4)
                                                              : kLastSector;
  }
  return out;
}

}  // namespace filters::attachments
