#include "filters/attachments/tnef.h"

#include <algorithm>
#include <string>

#include "filters/attachments/octets.h"

namespace filters::attachments {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kTitle = 0x00018010;
constexpr std::uint32_t kData = 0x0006800f;
constexpr std::uint32_t kProperties = 0x00069005;

// PidTagAttachLongFilename among the properties of an attachment, in 8-bit characters or UTF-16.
std::string long_name(std::string_view properties) {
  constexpr std::size_t kLongest = 1024;
  for (const auto& [tag, wide] :
       {std::pair{"\x1e\x00\x07\x37"sv, false}, std::pair{"\x1f\x00\x07\x37"sv, true}}) {
    const auto at = properties.find(tag);
    if (at == properties.npos) continue;
    const std::string_view value =
        cut(properties, at + 12, std::min<std::size_t>(little32(properties, at + 8), kLongest));
    std::string name;
    for (std::size_t i = 0; i < value.size(); i += wide ? 2 : 1)
      if (value[i] != '\0' || octet(value, i + 1) != 0) name += value[i];
    while (name.ends_with('\0')) name.pop_back();
    return name;
  }
  return {};
}

}  // namespace

void read_tnef(std::string_view data, const TakeMember& take) {
  constexpr std::size_t kHeader = 9;
  for (std::uint64_t at = 6; at + kHeader < data.size();) {
    const std::uint32_t attribute = little32(data, at + 1);
    const std::uint32_t size = little32(data, at + 5);
    const std::string_view value = cut(data, at + kHeader, size);
    bool wanted = true;
    if (attribute == kTitle) wanted = take({.name = value.substr(0, value.find('\0'))});
    if (attribute == kData) wanted = take({.packing = Member::Packing::stored, .packed = value});
    if (attribute == kProperties)
      if (const std::string name = long_name(value); !name.empty()) wanted = take({.name = name});
    if (!wanted) return;
    at += kHeader + size + 2;
  }
}

}  // namespace filters::attachments
