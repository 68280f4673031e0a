#pragma once
// Where accepted mail goes.  Makers: smtp, lmtp, maildir.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/delivery/pool_counts.h"
#include "gateway/net/asio.h"
#include "gateway/smtp/offers.h"
#include "gateway/smtp/recipient.h"
#include "gateway/vocabulary.h"

namespace gateway::delivery {

// One message to hand over.  The header section is ours to write (trace fields, removed forgeries); the body
// is the octets received from `body_offset` on.  All lines end in CRLF and no bare CR or LF is left, but in a
// binary body.
struct Parcel {
  std::string id;         // transaction id
  std::string mailstore;  // name in the configuration
  Address sender;
  std::vector<smtp::Recipient> recipients;
  std::string ret;                       // RET and ENVID of the transaction, RFC 3461
  std::string envid;                     // as said
  bool eight_bit = false;                // some octet is above 127 or BODY=8BITMIME was said
  bool smtputf8 = false;                 // the transaction used SMTPUTF8
  bool requiretls = false;               // never in clear, nor to who does not promise the same.  RFC 8689
  bool binary = false;                   // the body is no lines: never behind DATA.  RFC 3030 §3
  std::string header;                    // with the CRLF of its last field, without the empty line
  std::shared_ptr<const Octets> octets;  // the message as received
  std::uint64_t body_offset = 0;
};

enum class Fate { taken, failed_for_now, failed_for_good, perhaps_delivered };
std::string_view name(Fate fate);

struct Delivered {  // what became of one recipient's copy
  Fate fate = Fate::failed_for_now;
  int code = 0;          // the mailstore's answer, 0 when there was none
  std::string enhanced;  // "5.1.1" or empty
  std::string text;      // its words, octets from outside: for the journal only
};

struct DeliveryReport {
  std::vector<Delivered> recipients;  // in the order of Parcel::recipients
  std::string server;                 // who answered: "10.0.0.5:25" or a path
  std::string queue_id;               // what its 250 said, for the journal; octets from outside
  bool unreachable =
      false;  // nobody answered or the answer did not come in time, and nothing can have been delivered
  bool refuses_us = false;  // 5xx to connect, EHLO, STARTTLS or MAIL, 5.7.x to RCPT: our trouble (DESIGN §9)
  std::string detail;       // what went wrong, for the log
  bool any(Fate fate) const;
  bool all(Fate fate) const;
};

class Mailstore {
 public:
  virtual ~Mailstore() = default;
  // Called on the executor of the session's loop; must not block it.  Never throws for what the mailstore
  // does.
  virtual asio::awaitable<DeliveryReport> deliver(const Parcel& parcel) = 0;
  // What can be promised for it, as far as known now.  From any thread.
  virtual smtp::Offers offers() const { return {}; }
  // The connections to each of its servers, by its name ("10.0.0.5:25").  From any thread.
  virtual std::map<std::string, PoolCounts> connections() const { return {}; }
};

}  // namespace gateway::delivery
