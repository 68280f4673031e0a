#pragma once
// The names that the client's address has and that have the client's address (forward-confirmed reverse DNS):
// for client.name, and for "ptr" and %{p} of SPF.  RFC 8601 §2.7.3; RFC 7208 §5.5, §7.3

#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/ip_address.h"
#include "policy/facts/question.h"

namespace filters::names {

using namespace policy::facts;

// One that the address claims, in the order of the answer.
struct ClaimedName {
  DnsQuestion asked;  // for its addresses
  enum class State { confirmed, other_address, failed, open } state = State::open;
};
std::string_view name(ClaimedName::State state);  // for people

struct ClientNames {
  DnsQuestion asked;  // for the names
  bool open = false;  // some answer is missing
  DnsStatus status = DnsStatus::ok;
  std::vector<ClaimedName> claimed =
      {};  // the first ten, RFC 7208 §4.6.4; those that can be no names are left out

  bool is_void() const { return status == DnsStatus::nodata || status == DnsStatus::nxdomain; }
  std::string told() const;  // for people

  // The confirmed name that is `domain` (lower case), else one below it, else any where `or_any`; empty:
  // there is none.
  std::string_view best(std::string_view domain, bool or_any) const;
};

// A look-up that fails makes one name less; whether that is trouble, the caller says (for SPF it is not).
ClientNames client_names(const IpAddress& client, const Answers& answers);

}  // namespace filters::names
