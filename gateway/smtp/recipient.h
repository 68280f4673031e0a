#pragma once
// A recipient as RCPT names it, with what is wished for in notifications: checked, and passed on as it was
// said.  RFC 3461 §4.1, §4.2

#include <string>

#include "gateway/vocabulary.h"

namespace gateway::smtp {

struct Recipient {
  Address address;
  std::string notify = {};    // NOTIFY: "NEVER", "SUCCESS,DELAY"; empty: not said
  std::string original = {};  // ORCPT: "rfc822;a@b.example", in xtext; empty: not said

  friend bool operator==(const Recipient&, const Recipient&) = default;
};

}  // namespace gateway::smtp
