#pragma once
// The one author of a message, or why there is none that every reader would agree on.  RFC 5322 §3.6.2

#include <string>
#include <string_view>

#include "policy/facts/address.h"
#include "policy/facts/message.h"

namespace filters::from {

using namespace policy::facts;

struct Author {
  Address address;          // the first of several in one domain; <> with a defect
  std::string name;         // display name, decoded; also with a defect, as far as it could be read
  std::string shown;        // the value of the field, unfolded
  std::string_view defect;  // empty when all is well; else a word of explain()
};

Author find_author(const Message& message, bool smtputf8);

// The defect for people, with the paragraph it offends; empty for no defect.
std::string_view explain(std::string_view defect);

}  // namespace filters::from
