#include "filters/attachments/rar.h"

#include <algorithm>
#include <optional>
#include <string>

#include "policy/facts/utf8.h"

#include "filters/attachments/octets.h"

namespace filters::attachments {
namespace {

using namespace std::string_view_literals;

// --- version 4: little-endian blocks

// A name in ASCII, a NUL, and how it is to be made of both: each two bits of a flag octet are one character.
std::string rar4_unicode_name(std::string_view ascii, std::string_view codes) {
  std::string out;
  const std::uint32_t high = octet(codes, 0);
  std::size_t at = 1;
  unsigned flags = 0;
  unsigned bits = 0;
  std::size_t place = 0;  // in units, also in the ASCII name
  const auto put = [&](std::uint32_t unit) {
    policy::append_point(out, unit);
    ++place;
  };
  while (at < codes.size()) {
    if (bits == 0) {
      flags = octet(codes, at++);
      bits = 8;
    }
    bits -= 2;
    switch (flags >> bits & 3) {
      case 0: put(octet(codes, at++)); break;
      case 1: put(octet(codes, at++) | high << 8); break;
      case 2:
        put(little16(codes, at));
        at += 2;
        break;
      default: {
        const unsigned length = octet(codes, at++);
        const std::uint32_t add = (length & 0x80) != 0 ? octet(codes, at++) : 0;
        for (unsigned i = (length & 0x7f) + 2; i > 0 && place < ascii.size(); --i)
          put((length & 0x80) != 0 ? ((octet(ascii, place) + add) & 0xff) | high << 8 : octet(ascii, place));
      }
    }
  }
  return out;
}

void read_rar4(std::string_view archive, const TakeMember& take) {
  constexpr std::uint8_t kMain = 0x73;
  constexpr std::uint8_t kFile = 0x74;
  std::uint64_t at = 7;
  while (at + 7 <= archive.size()) {
    const std::string_view block = cut(archive, at);
    const std::uint8_t type = octet(block, 2);
    const std::uint16_t flags = little16(block, 3);
    const std::uint16_t size = little16(block, 5);
    if (size < 7) return;
    if (type == kMain && (flags & 0x80) != 0) {
      take({.name = {}, .encrypted = true});
      return;
    }
    std::uint64_t data = (flags & 0x8000) != 0 ? little32(block, 7) : 0;
    if (type == kFile) {
      const std::string_view header = cut(block, 0, size);
      const bool large = (flags & 0x100) != 0;
      data = little32(header, 7) | (large ? std::uint64_t{little32(header, 32)} << 32 : 0);
      const std::string_view name = cut(header, large ? 40 : 32, little16(header, 26));
      const auto nul = (flags & 0x200) != 0 ? name.find('\0') : name.npos;
      Member member{.name = name.substr(0, nul),
                    .encrypted = (flags & 0x04) != 0,
                    .packing = octet(header, 25) == 0x30 ? Member::Packing::stored : Member::Packing::other,
                    .packed = cut(block, size, data)};
      if (!take(member)) return;
      if (nul != name.npos) {
        const std::string unicode = rar4_unicode_name(name.substr(0, nul), name.substr(nul + 1));
        if (!take({.name = unicode, .encrypted = member.encrypted})) return;
      }
    }
    if (data > archive.size()) return;
    at += size + data;
  }
}

// --- version 5: numbers of seven bits an octet

class Vint {
 public:
  explicit Vint(std::string_view data) : data_(data) {}

  std::uint64_t next() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      const std::uint8_t one = octet(data_, at_++);
      if (shift < 63) value |= std::uint64_t{one & 0x7fu} << shift;
      if ((one & 0x80) == 0) return value;
    }
    return value;
  }
  void skip(std::uint64_t octets) {
    at_ += static_cast<std::size_t>(std::min<std::uint64_t>(octets, data_.size()));
  }
  std::size_t at() const { return at_; }
  bool ended() const { return at_ >= data_.size(); }

 private:
  const std::string_view data_;
  std::size_t at_ = 0;
};

bool has_encryption(std::string_view extra) {
  constexpr std::uint64_t kEncryption = 1;
  while (!extra.empty()) {
    Vint numbers(extra);
    const std::uint64_t size = numbers.next();
    const std::size_t begin = numbers.at();
    if (numbers.next() == kEncryption && size != 0) return true;
    if (size >= extra.size()) return false;
    extra = cut(extra, begin + size);
  }
  return false;
}

Member rar5_file(std::string_view header, std::size_t at, std::string_view extra, std::string_view data) {
  Vint numbers(header);
  numbers.skip(at);
  const std::uint64_t flags = numbers.next();
  numbers.next();  // unpacked size
  numbers.next();  // attributes
  if ((flags & 2) != 0) numbers.skip(4);
  if ((flags & 4) != 0) numbers.skip(4);
  const std::uint64_t compression = numbers.next();
  numbers.next();  // system
  const std::uint64_t length = numbers.next();
  return {.name = cut(header, numbers.at(), length),
          .encrypted = has_encryption(extra),
          .packing = (compression >> 7 & 7) == 0 ? Member::Packing::stored : Member::Packing::other,
          .packed = data};
}

void read_rar5(std::string_view archive, const TakeMember& take) {
  constexpr std::uint64_t kFile = 2;
  constexpr std::uint64_t kService = 3;
  constexpr std::uint64_t kEncryption = 4;
  std::uint64_t at = 8;
  while (at + 7 <= archive.size()) {
    Vint start(cut(archive, at + 4, 10));
    const std::uint64_t size = start.next();
    const std::uint64_t begin = at + 4 + start.at();
    if (size == 0 || size > archive.size()) return;
    const std::string_view header = cut(archive, begin, size);
    Vint numbers(header);
    const std::uint64_t type = numbers.next();
    const std::uint64_t flags = numbers.next();
    const std::uint64_t extra = (flags & 1) != 0 ? numbers.next() : 0;
    const std::uint64_t data = (flags & 2) != 0 ? numbers.next() : 0;
    if (type == kEncryption) {
      take({.name = {}, .encrypted = true});
      return;
    }
    if (type == kFile || type == kService) {
      const std::string_view records =
          cut(header, header.size() - std::min<std::uint64_t>(extra, header.size()));
      Member member = rar5_file(header, numbers.at(), records, cut(archive, begin + size, data));
      if (type == kService) member.name = {};
      if (!take(member)) return;
    }
    if (data > archive.size()) return;
    at = begin + size + data;
  }
}

}  // namespace

void read_rar(std::string_view archive, const TakeMember& take) {
  if (archive.starts_with("Rar!\x1a\x07\x01\x00"sv))
    read_rar5(archive, take);
  else if (archive.starts_with("Rar!\x1a\x07\x00"sv))
    read_rar4(archive, take);
}

}  // namespace filters::attachments
