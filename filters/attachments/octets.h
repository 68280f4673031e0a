#pragma once
// Numbers in files.  What lies behind the end reads as zero, so that no reader needs to ask first.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace filters::attachments {

constexpr std::uint8_t octet(std::string_view data, std::size_t at) {
  return at < data.size() ? static_cast<std::uint8_t>(data[at]) : std::uint8_t{0};
}
constexpr std::uint16_t little16(std::string_view data, std::size_t at) {
  return static_cast<std::uint16_t>(octet(data, at) | octet(data, at + 1) << 8);
}
constexpr std::uint32_t little32(std::string_view data, std::size_t at) {
  return little16(data, at) | static_cast<std::uint32_t>(little16(data, at + 2)) << 16;
}
constexpr std::uint64_t little64(std::string_view data, std::size_t at) {
  return little32(data, at) | static_cast<std::uint64_t>(little32(data, at + 4)) << 32;
}
constexpr std::uint32_t big32(std::string_view data, std::size_t at) {
  return static_cast<std::uint32_t>(octet(data, at)) << 24 |
         static_cast<std::uint32_t>(octet(data, at + 1)) << 16 |
         static_cast<std::uint32_t>(octet(data, at + 2)) << 8 | octet(data, at + 3);
}

// The octets from `at`, at most `most`: as many as there are.
constexpr std::string_view cut(std::string_view data, std::uint64_t at,
                               std::uint64_t most = ~std::uint64_t{0}) {
  if (at >= data.size()) return {};
  const std::uint64_t there = data.size() - at;
  return data.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(most < there ? most : there));
}

}  // namespace filters::attachments
