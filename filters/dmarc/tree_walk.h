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

// The look-up for the record of one name.
DnsQuestion record_question(const Domain& domain);

// One name of a walk, and what was found there.
struct Station {
  enum class Found {
    nothing,   // no TXT record, or none that starts with the version
    several,   // DMARC records: all discarded
    broken,    // one with a tag twice: discarded
    record,    // the only one
    failed,    // no answer
    too_long,  // the name of the record is longer than a name may be
  };
  Domain domain;
  Found found = Found::nothing;
  DnsStatus status = DnsStatus::ok;  // of the look-up
  Record record = {};

  bool has_record() const { return found == Found::record; }
};

struct Published {
  Domain domain;
  Record record;
};

struct Walk {
  std::vector<Question> questions;  // still to be answered; nothing else counts meanwhile
  std::vector<Station> stations;    // from the domain itself upwards, to where the walk ended
  Domain organisation;              // empty when a look-up failed
  Domain top;                       // with trouble: the last name of the walk, nothing is above it
  std::string trouble;              // the look-up that failed, at the last station; for people

  // The record that applies to the domain: its own, else its organisation's, else that of the public suffix.
  // With trouble and without one it is unknown.
  std::optional<Published> policy;

  const Station* highest_record() const;  // nullptr without one
};

Walk walk(const Domain& start, const Answers& answers);

// Look-ups for people: "_dmarc.a.example TXT: timeout".
std::string describe_failure(const DnsQuestion& question, DnsStatus status);

}  // namespace filters::dmarc
