#include "filters/dmarc/public_suffix.h"

#include <libpsl.h>

namespace filters::dmarc {

std::string_view rfc7489_organisation(const std::string& domain) {
  const char* found = psl_registrable_domain(psl_builtin(), domain.c_str());
  return found ? std::string_view(found) : std::string_view();
}

}  // namespace filters::dmarc
