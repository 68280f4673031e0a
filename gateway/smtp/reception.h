#pragma once
// What an SMTP session asks of the rest of the gateway.  The session knows the protocol and nothing else;
// behind this interface are recipients, filters, policy, delivery and journal.  One Reception serves one
// session; all calls come from the session's coroutine, one at a time.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/net/asio.h"
#include "gateway/smtp/client.h"
#include "gateway/smtp/offers.h"
#include "gateway/smtp/recipient.h"
#include "gateway/smtp/reply.h"
#include "gateway/smtp/session_end.h"

namespace gateway::smtp {

// A message that came in whole: what the session's data reader collected.
struct Received {
  std::shared_ptr<const Octets> octets;  // the whole message
  std::uint64_t body_offset = 0;         // where the body starts in `octets`
};

class Reception {
 public:
  virtual ~Reception() = default;

  // Before the greeting.  A reply refuses the connection with it (554, 421); nullopt lets it in.
  virtual asio::awaitable<std::optional<Reply>> connected(const Client& client) = 0;

  // A well-formed MAIL in order: starts a transaction.  A positive reply (250 2.1.0) opens it.
  virtual asio::awaitable<Reply> sender(const Client& client, const Envelope& envelope) = 0;

  // A well-formed RCPT in order.  A positive reply adds the recipient.  Bare postmaster comes as
  // Address::bare_postmaster().
  virtual asio::awaitable<Reply> recipient(const Recipient& recipient) = 0;

  // Whether a rule refused the last recipient: a verdict is not held against the client.  DESIGN §8
  virtual bool refused_by_verdict() const { return false; }

  // DATA, in order and with a recipient: nullopt leads to 354, a reply refuses.
  virtual asio::awaitable<std::optional<Reply>> data() = 0;

  // The header section is complete: without the empty line, CRLF line ends, normalised.  The body is still
  // coming in.  Always told before message().
  virtual void header_complete(std::string header) = 0;

  // The message is here.  A positive reply promises that it is safe (RFC 5321 §6.1).  Ends the transaction.
  virtual asio::awaitable<Reply> message(Received received) = 0;

  // The session itself refuses: `what` is a name of DESIGN §3 ("@size", "@bare-newline", "@limit",
  // "@syntax"). Recorded; does not end the transaction unless `ends` is set.
  virtual void refused(std::string_view what, const Reply& reply, bool ends) = 0;

  // RSET, a new HELO, STARTTLS or the end of the connection: the transaction, if there is one, is over
  // without a message.
  virtual void abandoned(std::string_view why) = 0;

  // The gateway ends the connection itself, with this reply: for a limit of time, or because it stops.  A
  // transaction is over without a message.  Comes between two calls, or while one has not returned, perhaps
  // as the mailstore's answer is waited for; no other call but closed() follows.
  virtual void cut_off(const Reply& reply) = 0;

  // The connection is over; nothing more will be asked.
  virtual void closed(const SessionEnd& end) = 0;

  // The id of the transaction (of the session before the first), for replies and logs.
  virtual std::string id() const = 0;
};

class ReceptionDesk {
 public:
  virtual ~ReceptionDesk() = default;
  virtual std::unique_ptr<Reception> open(asio::any_io_executor executor) = 0;

  // A connection that ended before it had a reception.
  virtual void turned_away(asio::any_io_executor executor, const SessionEnd& end) = 0;

  // What can be promised to a client that comes now.
  virtual Offers offers() const = 0;
};

}  // namespace gateway::smtp
