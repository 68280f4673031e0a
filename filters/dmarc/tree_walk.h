#pragma once
// Which policy applies to a domain, and which organisation it belongs to: the DNS tree walk.  RFC 9989 §4.10

#include <optional>
#include <string>
#include <vector>

#include "policy/facts/domain.h"
#include "policy/facts/question.h"

#include "filters/dmarc/record.h"

namespace filters::dmarc {

using namespace policy::facts;

// The names whose "_dmarc" records count, from the domain itself up to its top: at most eight.
std::vector<Domain> walk_names(const Domain& start);

struct Published {
  Domain domain;
  Record record;
};

struct Walk {
  std::vector<Question> questions;  // still to be answered; nothing else counts meanwhile
  std::vector<Published> records;   // from the domain itself upwards, to where the walk stopped
  Domain organisation;              // empty when a look-up failed
  std::string trouble;              // the look-up that failed, for people

  // The record that applies to the domain: its own, else its organisation's, else that of the public suffix.
  // With trouble and without one it is unknown.
  std::optional<Published> policy;
};

Walk walk(const Domain& start, const Answers& answers);

// Look-ups for people: "_dmarc.a.example TXT: timeout".
std::string describe_failure(const DnsQuestion& question, DnsStatus status);

}  // namespace filters::dmarc
