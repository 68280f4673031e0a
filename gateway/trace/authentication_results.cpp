#include "gateway/trace/authentication_results.h"

#include <algorithm>
#include <array>

#include "filters/authres/encode.h"

namespace gateway::trace {
namespace {

using filters::authres::Encoder;

// What the registry knows of our methods: others are for the journal.  IANA "Email Authentication Parameters"
struct Method {
  std::string_view name;
  std::array<std::string_view, 2> properties;  // that the identity judged may have
  std::string_view detail;                     // a detail worth telling …
  std::string_view detail_property;            // … and how it is called
};
constexpr std::array kMethods{Method{"spf", {"smtp.mailfrom", "smtp.helo"}, {}, {}},
                              Method{"dkim", {"header.d", "header.i"}, "selector", "header.s"},
                              Method{"dmarc", {"header.from", {}}, "policy", "policy.dmarc"},
                              Method{"arc", {}, "oldest_pass", "header.oldest-pass"},
                              Method{"iprev", {"policy.iprev", {}}, {}, {}},
                              Method{"dnswl", {"dns.zone", {}}, "codes", "policy.ip"}};

}  // namespace

std::string authentication_results(std::string_view authserv_id, std::span<const Evidence> evidence,
                                   bool utf8) {
  std::string field;
  Encoder encoder(field, authserv_id, utf8);
  for (const Evidence& found : evidence) {
    const auto method = std::find_if(kMethods.begin(), kMethods.end(),
                                     [&](const Method& known) { return known.name == found.method; });
    if (method == kMethods.end()) continue;
    encoder.result(method->name, name(found.outcome), found.reason);
    const bool known = std::find(method->properties.begin(), method->properties.end(), found.property) !=
                       method->properties.end();
    if (known && !found.value.empty()) encoder.property(found.property, found.value);
    if (method->detail.empty()) continue;
    if (const std::string* detail = found.detail(method->detail); detail && !detail->empty())
      encoder.property(method->detail_property, *detail);
  }
  encoder.end();
  return field;
}

}  // namespace gateway::trace
