#include "filters/from/other_domain.h"

#include "policy/facts/text.h"

namespace filters::from {
namespace {

using namespace policy::facts;

constexpr unsigned kMost = 20;

bool in_domain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

bool names_other_domain(std::string_view text, const Domain& author) {
  unsigned seen = 0;
  for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@')) {
    if (++seen > kMost) return true;
    text.remove_prefix(at + 1);
    text = text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
    std::size_t length = 0;
    while (length < text.size() && in_domain(text[length])) ++length;
    const auto domain = Domain::parse(trim(text.substr(0, length), "."));
    if (domain && *domain != author) return true;
    text.remove_prefix(length);
  }
  return false;
}

}  // namespace filters::from
