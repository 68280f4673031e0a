#pragma once
// Whether a name has an address, out of the pinned answers: for what a client calls itself, and for where
// mail to a domain would go.

#include <optional>
#include <string_view>
#include <vector>

#include "policy/facts/question.h"

namespace filters::names {

using namespace policy::facts;

enum class Existence { yes, no, failed, open };  // open: some answer is missing

struct HostLook {
  Existence exists = Existence::open;
  std::vector<DnsQuestion> looked;         // what was asked, or is to be asked now, in order
  std::optional<DnsQuestion> failed = {};  // the first look-up that failed …
  DnsStatus failure = DnsStatus::ok;       // … and how
};

// A, and where that has nothing AAAA, or both `at_once`.  A name that can be none, or of one label, is not
// asked for: no.
HostLook has_address(std::string_view name, const Answers& answers, bool at_once = false);

}  // namespace filters::names
