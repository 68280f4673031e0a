#pragma once
// One finding by one filter.  A resinfo of Authentication-Results is its printout.  RFC 8601 §2.2

#include <string>
#include <utility>
#include <vector>

#include "policy/facts/outcome.h"

namespace policy::inline facts {

struct Evidence {
  std::string method;  // "spf", "dkim", "dmarc"
  std::string
      property;       // ptype "." property of the identity judged: "smtp.mailfrom", "header.d"; may be empty
  std::string value;  // that identity, as octets from outside: escape before printing
  Outcome outcome = Outcome::none;
  std::string reason;  // for people: why, naming the record or the tag; may quote octets from outside

  // More about it, in order: "selector", "policy", "org_domain", "mechanism", …  The names are those of
  // explain --json.
  std::vector<std::pair<std::string, std::string>> details;

  const std::string* detail(std::string_view wanted) const {
    for (const auto& [key, text] : details)
      if (key == wanted) return &text;
    return nullptr;
  }
};

}  // namespace policy::inline facts
