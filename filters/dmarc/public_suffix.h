#pragma once
// The Public Suffix List, for what RFC 7489 made of it.  RFC 9989 does without, so this is a note beside the
// evidence and decides nothing.

#include <string>
#include <string_view>

namespace filters::dmarc {

// The organisational domain of RFC 7489 §3.2: one label more than the public suffix, as a part of `domain`
// (lower-case A-labels).  Empty for a public suffix itself.  The list is the one compiled into libpsl: no
// file is read, nothing is allocated, any thread may ask.
std::string_view rfc7489_organisation(const std::string& domain);

}  // namespace filters::dmarc
