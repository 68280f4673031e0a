// What a client calls itself: whatever is taken for valid is so by the grammar.  RFC 5321 §4.1.2, §4.1.3
#include "filters/helo/helo_name.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "policy/facts/text.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

bool is_letter_or_digit(char c) {
  const char lower = policy::to_lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
}

// sub-domain = Let-dig [Ldh-str]
bool is_sub_domain(std::string_view label) {
  return !label.empty() && label.size() <= 63 && is_letter_or_digit(label.front()) &&
         is_letter_or_digit(label.back()) &&
         std::ranges::all_of(label, [](char c) { return c == '-' || is_letter_or_digit(c); });
}

bool is_domain(std::string_view text) {
  while (!text.empty()) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    if (!is_sub_domain(text.substr(0, dot))) return false;
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto name = filters::helo::read_helo_name(text);
  demand(!name.domain || !name.address);
  demand(!name.valid || name.domain || name.address);
  if (name.domain) {
    demand(name.domain->labels() > 1);
    const auto again = filters::helo::read_helo_name(name.domain->text());
    demand(again.domain == name.domain && (again.valid || !name.valid));
  }
  if (name.valid && name.domain) demand(is_domain(name.domain->text()));
  if (name.valid && name.domain && policy::is_ascii(text)) demand(is_domain(text));
  if (name.valid && name.address) demand(text.starts_with('[') && text.ends_with(']'));
  return 0;
}
