#include "filters/spf/check.h"

#include <algorithm>

#include "policy/facts/text.h"

#include "filters/spf/spf2.h"
#include "filters/spf/walk.h"

namespace filters::spf {
namespace {

// RFC 7208 §4.3: labels of 1 to 63 octets, and at least two of them.
bool is_domain(std::string_view name) {
  if (name.size() > 253 || name.find('.') == std::string_view::npos) return false;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    if (end == at || end - at > 63) return false;
    at = end + 1;
  }
  return true;
}

}  // namespace

CheckResult check_host(const Check& check, const Answers& answers) {
  if (!is_domain(check.domain)) {
    CheckResult result;
    result.reason = printable(check.domain) + " is no domain name";
    return result;
  }
  Walk walk(check, answers);
  const LibraryResult library = run_spf2(walk);
  return walk.finish(library.outcome, library.by_default);
}

}  // namespace filters::spf
