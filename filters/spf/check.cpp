#include "filters/spf/check.h"

#include "policy/facts/text.h"

#include "filters/names/dns_name.h"
#include "filters/spf/spf2.h"
#include "filters/spf/walk.h"

namespace filters::spf {

using namespace filters::names;

CheckResult check_host(const Check& check, const Answers& answers) {
  if (!is_checkable(check.domain)) {
    CheckResult result;
    result.reason = printable(check.domain) + " is no domain name";
    return result;
  }
  Walk walk(check, answers);
  const LibraryResult library = run_spf2(walk);
  return walk.finish(library.outcome, library.by_default);
}

}  // namespace filters::spf
