#pragma once
// A list in the DNS, of bad addresses or domains (DNSBL) or of good ones (DNSWL).  RFC 5782

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/question.h"

#include "filters/dnsxl/code.h"

namespace filters::dnsxl {

enum class Kind { addresses, domains };

// As the configuration has it.
struct DnsList {
  std::string id;                        // in rules, records and logs
  Kind kind = Kind::addresses;           //
  std::string zone = {};                 // what is asked lies below it; lower case, the key in its place
  std::uint8_t secret_at = 0;            // where in the zone the key stands …
  std::uint8_t secret_octets = 0;        // … and how long it is; 0: there is none
  std::vector<CountedCodes> codes = {};  // what counts as listed
  bool org_domain = false;               // of domains: the organisational domain is asked for, too
  std::string test_point = {};           // what it surely lists; empty: nothing is known to be.  RFC 5782 §5

  std::string shown_zone() const;  // "{key}" in the place of the key
};

// The look-up of an entry, which is a reversed address or a domain; nothing where that would be no name.
std::optional<DnsQuestion> question_of(const DnsList& list, std::string_view entry);

// What a list said of one entry.
struct Listing {
  enum class State {
    open,  // there is no answer yet
    not_listed,
    listed,
    uncounted,  // it answers, with nothing that is configured to count
    in_error,   // it answers with an error code
    silent,     // the look-up failed
  };
  State state = State::open;
  std::vector<IpAddress> codes = {};              // of listed: those that count; else what came instead
  std::vector<const CountedCodes*> counted = {};  // each once
  double weight = 0;                              // the sum of theirs
  DnsStatus status = DnsStatus::ok;               // of the look-up
};

Listing read(const DnsList& list, const DnsAnswer* answer);

// For people, about an entry that the list was asked for: "zen lists 192.0.2.1: 127.0.0.2 counts 3".
std::string told(const DnsList& list, const Listing& listing, std::string_view entry);

}  // namespace filters::dnsxl
