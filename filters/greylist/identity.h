#pragma once
// Whom a client counts as, so that mail that comes again from another address of its pool is known again.

#include <string>
#include <string_view>

#include "filters/filter.h"

namespace filters::greylist {

struct Identity {
  std::string key;    // as it is remembered
  std::string shown;  // for people: "a.example (SPF)"
};

// The sender's domain when SPF passes for it, else the registered domain of the client's confirmed name, else
// the client's network.  A name that is made of the address (dialled-in, rented by the hour) speaks for the
// network's owner and not for who sends: such a client counts as its network.
Identity identity_of(const Facts& facts, const IpAddress& client);

// Whether two of the address's octets, or its last four hexadecimal digits, stand in the name:
// "host-7-2.isp.example".
bool is_made_of_address(std::string_view name, const IpAddress& address);

// The sender as it is the next time the same message comes: what list and bounce software writes anew into
// each address is folded away (digits, what follows '+', BATV, SRS).
std::string folded_sender(const Address& sender);

}  // namespace filters::greylist
