#include "gateway/trace/field_name.h"

namespace gateway::trace {

std::string lenient_name(const Field& field) {
  constexpr std::size_t kLongest = 200;
  const auto colon = field.raw.find(':');
  if (colon == field.raw.npos) return {};
  std::string name;
  for (const char c : field.raw.substr(0, colon)) {
    if (c > 0x20 && c < 0x7f) name += to_lower(c);
    if (name.size() > kLongest) return {};
  }
  return name;
}

}  // namespace gateway::trace
