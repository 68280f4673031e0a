#include "filters/attachments/tar.h"

#include <string>

#include "filters/attachments/octets.h"

namespace filters::attachments {
namespace {

constexpr std::size_t kBlock = 512;

// Octal digits, or a big-endian number with the uppermost bit set (GNU).
std::uint64_t number(std::string_view field) {
  std::uint64_t value = 0;
  if ((octet(field, 0) & 0x80) != 0) {
    for (std::size_t i = field.size() - 8; i < field.size(); ++i) value = value << 8 | octet(field, i);
    return value;
  }
  for (const char c : field) {
    if (c >= '0' && c <= '7')
      value = value << 3 | static_cast<std::uint64_t>(c - '0');
    else if (c != ' ' || value != 0)
      break;
  }
  return value;
}

std::string_view text(std::string_view field) { return field.substr(0, field.find('\0')); }

// "27 path=…\n" among the records of a pax header.
std::string_view pax_path(std::string_view records) {
  constexpr std::string_view kPath = " path=";
  const auto at = records.find(kPath);
  if (at == records.npos) return {};
  const std::string_view value = records.substr(at + kPath.size());
  return value.substr(0, value.find('\n'));
}

}  // namespace

void read_tar(std::string_view archive, const TakeMember& take) {
  std::string_view long_name;
  for (std::uint64_t at = 0; at + kBlock <= archive.size();) {
    const std::string_view header = cut(archive, at, kBlock);
    if (header.front() == '\0') {  // two such blocks end an archive; some readers go on
      at += kBlock;
      continue;
    }
    const std::uint64_t size = number(header.substr(124, 12));
    const std::string_view content = cut(archive, at + kBlock, size);
    const char type = header[156];
    if (type == 'L') {
      long_name = text(content);
    } else if (type == 'x' || type == 'g') {
      if (const std::string_view path = pax_path(content); !path.empty()) long_name = path;
    } else {
      const bool file = type == '0' || type == '\0' || type == '7';
      const Member member{.name = text(header.substr(0, 100)),
                          .packing = file ? Member::Packing::stored : Member::Packing::none,
                          .packed = content};
      if (type != '5' && !take(member)) return;
      if (!long_name.empty() && type != '5' && !take({.name = long_name})) return;
      long_name = {};
    }
    if (size > archive.size()) return;
    at += kBlock + (size + kBlock - 1) / kBlock * kBlock;
  }
}

}  // namespace filters::attachments
