#pragma once
// Why a domain says that it forbids a client: what exp= leads to.  RFC 7208 §6.2, §7

#include <string>
#include <string_view>
#include <vector>

#include "filters/spf/macro.h"
#include "policy/facts/evidence.h"

namespace filters::spf {

struct Explanation {
  std::string text;  // printable ASCII, at most 500 octets; empty: there is none that counts
  std::vector<DnsQuestion> questions = {};  // not empty: ask and call again
  std::vector<Step> steps = {};
};

// `exp` is the modifier's domain-spec.  As if there were no exp=: look-ups that fail, several TXT records,
// octets above 127, macros that are none.  It is somebody else's text about a client: for people alone.
Explanation find_explanation(std::string_view exp, MacroValues values, const Answers& answers);

}  // namespace filters::spf
