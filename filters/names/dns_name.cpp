#include "filters/names/dns_name.h"

#include <algorithm>

namespace filters::names {

bool can_ask(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    if (end == at || end - at > 63) return false;
    at = end + 1;
  }
  return true;
}

bool is_checkable(std::string_view name) { return can_ask(name) && name.find('.') != std::string_view::npos; }

}  // namespace filters::names
