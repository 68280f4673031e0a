#include "filters/dkim/work.h"

#include <algorithm>

#include "policy/facts/text.h"

namespace filters::dkim {
namespace {

constexpr std::uint64_t kKeyWork = 64 * 1024;  // 0.3 ms: an RSA key of the longest kind and its exponent, too

}  // namespace

std::uint64_t work(const Message& message, const Limits& limits) {
  std::uint64_t signatures = 0;
  std::uint64_t names = 0;  // in all h=, as libopendkim looks through all fields for each
  for (const Field& field : message.fields()) {
    if (!equal_nocase(field.name, "DKIM-Signature")) continue;
    if (signatures == limits.signatures) break;
    ++signatures;
    names += static_cast<std::uint64_t>(std::count(field.value.begin(), field.value.end(), ':')) + 1;
  }
  if (signatures == 0) return 0;
  // Each hash is made by libopendkim, by hand, or by both; and l= is compared with the length of the body.
  const std::uint64_t passes = 1 + std::min<std::uint64_t>(signatures, 2 * limits.body_hashes);
  return passes * (message.size() - message.header().size()) +
         signatures * (message.header().size() + kKeyWork) + names * message.fields().size();
}

}  // namespace filters::dkim
