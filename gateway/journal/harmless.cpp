#include "gateway/journal/harmless.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "policy/facts/octet_block.h"
#include "policy/facts/utf8.h"

namespace gateway::journal {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Of ASCII, in JSON that has no line ends: a blank may be a tab between two values.
bool may_stand(char c) { return (c >= 0x20 && c < 0x7f) || c == '\t'; }

}  // namespace

std::string harmless(std::string_view record) {
  const bool plain = policy::none_odd(record, [](policy::OctetBlock block) {
    return policy::above_ascii(block) | policy::below(block, 0x20) | policy::equal_to(block, 0x7f);
  });
  if (plain) return std::string(record);
  std::string out;
  out.reserve(record.size() + record.size() / 16);
  while (!record.empty()) {
    const auto run = static_cast<std::size_t>(std::ranges::find_if_not(record, may_stand) - record.begin());
    out += record.substr(0, run);
    record.remove_prefix(run);
    if (record.empty()) break;
    std::uint32_t point = 0;
    const std::size_t length = policy::read_point(record, point);
    if (length == 0)
      out += kReplacement;
    else if (policy::acts_on_display(point))
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", point);
    else
      out += record.substr(0, length);
    record.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace gateway::journal
