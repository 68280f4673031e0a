#include "gateway/trace/field_name.h"

namespace gateway::trace {

LenientName::LenientName(const Field& field) {
  const auto colon = field.raw.find(':');
  if (colon == field.raw.npos) return;
  for (const char c : field.raw.substr(0, colon)) {
    if (c <= 0x20 || c >= 0x7f) continue;  // below 0: no ASCII
    if (size_ == octets_.size()) {
      size_ = 0;
      return;
    }
    octets_[size_++] = to_lower(c);
  }
}

}  // namespace gateway::trace
