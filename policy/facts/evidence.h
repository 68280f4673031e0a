#pragma once
// One finding by one filter.  A resinfo of Authentication-Results is its printout.  RFC 8601 §2.2

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/facts/outcome.h"
#include "policy/facts/question.h"

namespace policy::inline facts {

// One step on the way to a finding: a record looked at, a signature checked.
struct Step {
  unsigned depth = 0;  // an include stands one deeper than the record that names it
  std::optional<DnsQuestion> asked =
      {};                    // its answer stands among the transaction's, and is not repeated here
  std::string meaning = {};  // for people; may quote octets from outside
};

struct Evidence {
  std::string method;  // "spf", "dkim", "dmarc"
  std::string
      property;       // ptype "." property of the identity judged: "smtp.mailfrom", "header.d"; may be empty
  std::string value;  // that identity, as octets from outside: escape before printing
  Outcome outcome = Outcome::none;
  std::string reason;  // for people: why, naming the record or the tag; may quote octets from outside

  // More about it, in order: "selector", "policy", "org_domain", "mechanism", …  The names are those of
  // explain --json.
  std::vector<std::pair<std::string, std::string>> details = {};

  std::vector<Step> steps = {};  // how it was found, in order

  const std::string* detail(std::string_view wanted) const {
    for (const auto& [key, text] : details)
      if (key == wanted) return &text;
    return nullptr;
  }
};

}  // namespace policy::inline facts
