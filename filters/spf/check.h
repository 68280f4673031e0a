#pragma once
// check_host() of RFC 7208 §4: one client, one identity.  A pure function of its arguments.

#include <string>
#include <vector>

#include "policy/facts/ip_address.h"
#include "policy/facts/outcome.h"
#include "policy/facts/question.h"

namespace filters::spf {

using namespace policy::facts;

struct Check {
  IpAddress client;
  std::string helo;    // as the client gave it
  std::string local;   // of the sender; "postmaster" if empty
  std::string domain;  // whose record is asked for: that of the sender, or the HELO name
};

struct CheckResult {
  Outcome outcome = Outcome::none;
  std::string reason;               // for people
  std::string mechanism;            // the term that decided, as the record writes it; "default" if none did
  std::string trouble;              // of a temperror: the look-up that failed, "TXT a.example: timeout"
  std::vector<Question> questions;  // not empty: nothing else counts, ask and call again
};

CheckResult check_host(const Check& check, const Answers& answers);

}  // namespace filters::spf
