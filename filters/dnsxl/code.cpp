#include "filters/dnsxl/code.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "policy/facts/text.h"

namespace filters::dnsxl {
namespace {

std::uint32_t host_order(const IpAddress& address) {
  std::uint32_t value = 0;
  for (std::size_t i = 12; i < 16; ++i) value = value << 8 | address.octets()[i];
  return value;
}

std::optional<std::uint8_t> octet(std::string_view text) {
  std::uint8_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Error not_a_code(std::string_view text) {
  return Error(
      fmt::format("'{}' is no code of a list: expected one such as \"127.0.0.2\", \"127.0.0.2-11\" or "
                  "\"127.0.*.3\"",
                  printable(text, 60)));
}

}  // namespace

bool is_error_code(const IpAddress& code) {
  if (!code.is_v4()) return true;
  const auto& octets = code.octets();
  if (octets[12] != 127) return true;
  return host_order(code) == 0x7f000001 || (octets[13] == 255 && octets[14] == 255);
}

std::string told(const IpAddress& error_code) {
  const std::string text = error_code.text();
  if (text == "127.255.255.252") return text + " (no such list)";
  if (text == "127.255.255.254") return text + " (asked through an open resolver)";
  if (text == "127.255.255.255") return text + " (asked too often)";
  return text;
}

CodePattern CodePattern::any() {
  CodePattern pattern;
  pattern.octets_[0] = {127, 127};
  return pattern;
}

Result<CodePattern> CodePattern::parse(std::string_view text) {
  CodePattern pattern;
  const std::size_t dash = text.find('-');
  const auto from = IpAddress::parse(text.substr(0, dash));
  const auto to = dash == text.npos ? std::nullopt : IpAddress::parse(text.substr(dash + 1));
  if (from && to && from->is_v4() && to->is_v4()) {
    pattern = any();
    pattern.first_ = host_order(*from);
    pattern.last_ = host_order(*to);
    if (from->octets()[12] != 127 || to->octets()[12] != 127)
      return Error(fmt::format("'{}': codes are addresses of 127.0.0.0/8 (RFC 5782 §2.3)", text));
    if (pattern.first_ > pattern.last_) return Error(fmt::format("'{}' ends before it begins", text));
  } else {
    std::string_view rest = text;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t dot = rest.find('.');
      if ((dot == rest.npos) != (i == 3)) return not_a_code(text);
      const std::string_view part = rest.substr(0, dot);
      rest.remove_prefix(dot == rest.npos ? rest.size() : dot + 1);
      if (part == "*") continue;
      const std::size_t hyphen = part.find('-');
      const auto low = octet(part.substr(0, hyphen));
      const auto high = hyphen == part.npos ? low : octet(part.substr(hyphen + 1));
      if (!low || !high) return not_a_code(text);
      if (*low > *high) return Error(fmt::format("'{}' ends before it begins", text));
      pattern.octets_[i] = {*low, *high};
    }
    const Range& first = pattern.octets_[0];
    if (first.low != 127 || first.high != 127)
      return Error(fmt::format("'{}': codes are addresses of 127.0.0.0/8 (RFC 5782 §2.3)", text));
  }
  // One that reaches over several octets may hold an error code among others: "127.0.*.1".
  std::uint32_t lowest = 0;
  for (const Range& range : pattern.octets_) lowest = lowest << 8 | range.low;
  const bool wide = !from && pattern.octets_[2].low != pattern.octets_[2].high;
  if (!wide && is_error_code(IpAddress::v4(std::max(lowest, pattern.first_))))
    return Error(fmt::format(
        "'{}': 127.0.0.1 and 127.255.255.0/24 are errors of the list and never count as listed", text));
  return pattern;
}

bool CodePattern::matches(const IpAddress& code) const {
  if (is_error_code(code)) return false;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint8_t octet = code.octets()[12 + i];
    if (octet < octets_[i].low || octet > octets_[i].high) return false;
  }
  const std::uint32_t value = host_order(code);
  return value >= first_ && value <= last_;
}

}  // namespace filters::dnsxl
