#pragma once
// check_host() of RFC 7208 §4: one client, one identity.  A pure function of its arguments.

#include <limits>
#include <string>
#include <vector>

#include "policy/facts/evidence.h"
#include "policy/facts/ip_address.h"
#include "policy/facts/value.h"

namespace filters::spf {

using namespace policy::facts;

struct Check {
  IpAddress client;
  std::string helo;    // as the client gave it
  std::string local;   // of the sender; "postmaster" if empty
  std::string domain;  // whose record is asked for: that of the sender, or the HELO name

  // Look-ups that the evaluation may take; temperror beyond.  The limits of RFC 7208 §4.6.4 alone let it take
  // 122: a record, ten MX with ten hosts each, and %{p} with ten names.
  std::size_t look_ups = std::numeric_limits<std::size_t>::max();

  // Octets of all records read; permerror beyond.  One of 64 kB, which is as long as can be, is still read:
  // without a limit ten of them would hold up everybody else.
  std::size_t record_octets = 70'000;

  // The explanation of a fail is fetched only where it is wanted.  RFC 7208 §6.2
  bool explain = false;
  std::string receiver = {};  // for its %{r}
  Time now = {};              // for its %{t}
};

struct CheckResult {
  Outcome outcome = Outcome::none;
  std::string reason;               // for people
  std::string mechanism;            // the term that decided, as the record writes it; "default" if none did
  std::string remedy;               // what would make it pass, for the domain's administrator; may be empty
  std::string trouble;              // of a temperror: the look-up that failed, "TXT a.example: timeout"
  std::vector<Question> questions;  // not empty: nothing else counts, ask and call again
  std::vector<Step> steps;          // how it was found: what was asked, and what it meant

  std::string explanation;        // of a fail, where it was wanted and there is one: see explanation.h
  bool explanation_open = false;  // it was not wanted, and the record that decided has exp=
};

CheckResult check_host(const Check& check, const Answers& answers);

}  // namespace filters::spf
