#include "filters/attachments/cabinet.h"

#include "filters/attachments/octets.h"

namespace filters::attachments {

void read_cabinet(std::string_view archive, const TakeMember& take) {
  constexpr std::size_t kHeader = 16;        // of a file, in front of its name
  constexpr std::size_t kLongestName = 256;  // with its NUL
  std::uint64_t at = little32(archive, 16);
  for (unsigned left = little16(archive, 28); left > 0 && at + kHeader < archive.size(); --left) {
    const std::string_view name = cut(archive, at + kHeader, kLongestName);
    const auto end = name.find('\0');
    if (end == name.npos || !take({.name = name.substr(0, end), .packing = Member::Packing::other})) return;
    at += kHeader + end + 1;
  }
}

}  // namespace filters::attachments
