#pragma once
// The instance of an ARC field: which set it belongs to.  RFC 8617 §4.2.1

#include <string_view>

#include "policy/facts/result.h"

namespace filters::arc {

using namespace policy::facts;

// The number in an i= tag: one or two digits, from 1 to 50.
Result<unsigned> parse_position(std::string_view text);

// The instance an ARC-Authentication-Results begins with: "i=2; …", with comments wherever they may be.  RFC
// 8617 §4.1.1
Result<unsigned> leading_instance(std::string_view value);

}  // namespace filters::arc
