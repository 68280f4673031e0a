#pragma once
// Everything known of one transaction, side by side: the journal's record, the log line and `explain` are
// three printouts of it.  An entry is made to be printed, once for each message: it refers to the transaction
// and to what else it was made of, which must live as long, and owns nothing that it need not.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/preamble.h"
#include "gateway/journal/stages.h"
#include "gateway/vocabulary.h"
#include "policy/verdict.h"

namespace gateway::journal {

inline const policy::Verdict kUndecided;

struct FactEntry {
  std::string_view name;
  const Fact* fact;      // never null
  bool recorded = true;  // false: read from a record that does not tell its value; `because` says why
};

struct RecipientEntry {
  std::string_view address;                      // "<>" never; as it was written
  const policy::Verdict* verdict = &kUndecided;  // never null
  std::string_view reply;                        // what we said to it, as on the wire without CRLF
  std::string_view refused_by;                   // what refused it outside the rules, "@relay"
  std::string_view fate;  // "", "refused", "delivered", "failed", "held", "quarantined", "perhaps delivered"
  std::vector<FactEntry> facts;  // its own, as far as they are not among those of the transaction
};

struct DeliveredEntry {  // the mailstore's answer for one recipient; octets from outside
  std::string address;
  int code = 0;
  std::string enhanced;
  std::string text;
  std::string fate;  // as delivery::name says it
};

struct DeliveryEntry {    // owns what it tells: the mailstore's report is gone when the entry is made
  std::string mailstore;  // its name in the configuration; empty: nothing was handed over
  std::string server;
  std::string queue_id;
  std::string detail;
  std::vector<DeliveredEntry> recipients;
};

inline const DeliveryEntry kNotDelivered;

struct HeaderEntry {
  std::string_view name;
  std::vector<std::string> values;  // unfolded, from the top
};

struct DnsEntry {  // neither is null
  const DnsQuestion* question;
  const DnsAnswer* answer;
};

struct StateEntry {  // neither is null
  const StateQuestion* question;
  const StateAnswer* answer;
};

struct Entry : Preamble {
  std::string_view sender;  // empty for <>
  std::vector<RecipientEntry> recipients;

  std::string_view subject;
  std::string message_id;
  std::string_view header_from;  // the author's address
  std::uint64_t size = 0;
  std::vector<HeaderEntry> headers;  // fields that a rule names

  std::span<const Evidence> evidence;
  std::vector<FactEntry> facts;
  std::vector<DnsEntry> answers;
  std::vector<StateEntry> state;
  std::span<const std::string> added_headers;  // whole fields: what we put on top, or would

  const policy::Verdict* verdict = &kUndecided;    // of the whole: the first recipient's; never null
  std::string_view refused_by;                     // what refused outside the rules, "@relay"; empty: nothing
  std::string_view reply;                          // the last one, as on the wire without CRLF
  const DeliveryEntry* delivery = &kNotDelivered;  // never null
  std::string_view held;                           // "", "retry", "quarantine"
  Stages stages;                                   // what each took
  std::string_view relay;  // where it went, for the log line; empty: the server of `delivery`
};

}  // namespace gateway::journal
