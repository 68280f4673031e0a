#include "filters/attachments/seven_zip.h"

#include <string>

#include "policy/facts/utf8.h"

#include "filters/attachments/octets.h"

namespace filters::attachments {
namespace {

using namespace std::string_view_literals;

// The number at the front and how many octets it takes: the first says by its upper bits how many follow.
std::pair<std::uint64_t, std::size_t> number(std::string_view data) {
  const std::uint8_t first = octet(data, 0);
  std::uint64_t value = 0;
  std::size_t size = 1;
  for (std::uint8_t mask = 0x80; mask != 0; mask = static_cast<std::uint8_t>(mask >> 1), ++size) {
    if ((first & mask) == 0) return {value | std::uint64_t{first & (mask - 1u)} << (8 * (size - 1)), size};
    value |= std::uint64_t{octet(data, size)} << (8 * (size - 1));
  }
  return {value, size};
}

// The names stand in UTF-16, each with a zero behind it.
bool tell_names(std::string_view names, const TakeMember& take) {
  std::string name;
  for (std::size_t at = 0; at + 1 < names.size(); at += 2) {
    const std::uint16_t unit = little16(names, at);
    if (unit != 0) {
      policy::append_point(name, unit);
    } else {
      if (!take({.name = name, .packing = Member::Packing::other})) return false;
      name.clear();
    }
  }
  return true;
}

}  // namespace

void read_seven_zip(std::string_view archive, const TakeMember& take) {
  constexpr std::uint64_t kStart = 32;
  constexpr auto kAes = "\x06\xf1\x07\x01"sv;  // the method 7zAES
  constexpr char kNames = '\x11';
  const std::string_view header = cut(archive, kStart + little64(archive, 12), little64(archive, 20));
  if (header.find(kAes) != header.npos && !take({.name = {}, .encrypted = true})) return;
  if (!header.starts_with('\x01')) return;  // packed
  for (auto at = header.find(kNames); at != header.npos; at = header.find(kNames, at + 1)) {
    const auto [size, width] = number(header.substr(at + 1));
    const std::string_view names = cut(header, at + 1 + width, size);
    // One octet says that the names stand here.
    if (size < 5 || size % 2 == 0 || names.size() != size || names.front() != '\0' ||
        little16(names, names.size() - 2) != 0)
      continue;
    tell_names(names.substr(1), take);
    return;
  }
}

}  // namespace filters::attachments
