#include "gateway/trace/field_name.h"

namespace gateway::trace {

bool LenientName::may_begin(const Field& field, std::string_view lower_case) {
  return field.raw.empty() || !is_visible(field.raw.front()) ||
         lower_case.find(to_lower(field.raw.front())) != lower_case.npos;
}

LenientName::LenientName(const Field& field) {
  const auto colon = field.raw.find(':');
  if (colon == field.raw.npos) return;
  for (const char c : field.raw.substr(0, colon)) {
    if (!is_visible(c)) continue;
    if (size_ == octets_.size()) {
      size_ = 0;
      return;
    }
    octets_[size_++] = to_lower(c);
  }
}

}  // namespace gateway::trace
