#pragma once
// Who handed a message over, as the server that received it wrote into its Received field.  RFC 5321 §4.4
//
// The field is trusted only as far as whoever wrote it is; its forms are those of Postfix, Exim, Sendmail,
// qmail, Exchange and ours.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::trace {

struct ReceivedClient {
  IpAddress ip;
  std::string helo;  // empty when it is not told
};

// Nothing when the field names no address; `value` is what follows the colon, folded or not.
std::optional<ReceivedClient> received_client(std::string_view value);

// The first client below the relays: the topmost Received field is by the relay that speaks to us; one that
// names another of `relays`, or the loopback of a content filter there, leads to the next.  Nothing when a
// field that would have to be read cannot be.  A message that has no such field was made by the relay, which
// is the client.
std::optional<ReceivedClient> client_behind(const Message& message, const ReceivedClient& relay,
                                            std::span<const Network> relays);

}  // namespace gateway::trace
