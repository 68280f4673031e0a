#include "filters/helo/helo_name.h"

#include <algorithm>

#include "policy/facts/text.h"

namespace filters::helo {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Letters, digits, and hyphens between them.  RFC 5321 §4.1.2 sub-domain, of which A-labels are some
bool is_label(std::string_view label) {
  return !label.empty() && label.front() != '-' && label.back() != '-' && label.find('_') == label.npos;
}

// Domain::parse has seen to all other characters, and to lengths.
bool has_good_labels(std::string_view name) {
  for (;;) {
    const std::size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == name.npos) return true;
    name.remove_prefix(dot + 1);
  }
}

// RFC 5321 §4.1.3.  Of the tagged ones only IPv6 is registered.
std::optional<IpAddress> read_literal(std::string_view inside) {
  constexpr std::string_view kTag = "IPv6:";
  const bool tagged = starts_with_nocase(inside, kTag);
  if (tagged) inside.remove_prefix(kTag.size());
  const bool v6 = inside.find(':') != inside.npos;
  return tagged == v6 ? IpAddress::parse(inside) : std::nullopt;
}

}  // namespace

HeloName read_helo_name(std::string_view text) {
  HeloName name;
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    name.address = read_literal(text.substr(1, text.size() - 2));
    name.valid = name.address.has_value();
    return name;
  }
  name.address = IpAddress::parse(text);
  if (name.address) return name;
  auto domain = Domain::parse(text);
  if (!domain || domain->labels() < 2) return name;
  const std::string_view written = domain->text();
  const std::string_view top = written.substr(written.rfind('.') + 1);
  if (std::ranges::all_of(top, is_digit)) return name;
  name.valid = !text.ends_with('.') && has_good_labels(written);
  name.domain = std::move(domain);
  return name;
}

}  // namespace filters::helo
