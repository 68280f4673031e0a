#pragma once
// Everything known of one transaction, as plain data: the journal's record, the log line and `explain` are
// three printouts of it.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gateway/journal/preamble.h"
#include "gateway/vocabulary.h"
#include "policy/verdict.h"

namespace gateway::journal {

struct RecipientEntry {
  std::string address;  // "<>" never; as it was written
  policy::Verdict verdict;
  std::string reply;       // what we said to it, as on the wire without CRLF
  std::string refused_by;  // what refused it outside the rules, "@relay"
  std::string fate;        // "", "refused", "delivered", "failed", "held", "quarantined", "perhaps delivered"
};

struct DeliveredEntry {  // the mailstore's answer for one recipient; octets from outside
  std::string address;
  int code = 0;
  std::string enhanced;
  std::string text;
  std::string fate;  // as delivery::name says it
};

struct DeliveryEntry {
  std::string mailstore;  // its name in the configuration; empty: nothing was handed over
  std::string server;
  std::string queue_id;
  std::string detail;
  std::vector<DeliveredEntry> recipients;
};

struct FactEntry {
  std::string name;
  Fact fact;
};

struct HeaderEntry {
  std::string name;
  std::vector<std::string> values;  // unfolded, from the top
};

struct DnsEntry {
  DnsQuestion question;
  DnsAnswer answer;
};

struct Entry : Preamble {
  std::string sender;  // empty for <>
  std::vector<RecipientEntry> recipients;

  std::string subject;
  std::string message_id;
  std::string header_from;  // the author's address
  std::uint64_t size = 0;
  std::vector<HeaderEntry> headers;  // fields that a rule names

  std::vector<Evidence> evidence;
  std::vector<FactEntry> facts;
  std::vector<DnsEntry> answers;
  std::vector<std::string> added_headers;  // whole fields: what we put on top, or would

  policy::Verdict verdict;  // of the whole: the first recipient's
  std::string refused_by;   // what refused outside the rules, "@relay"; empty: nothing
  std::string reply;        // the last one, as on the wire without CRLF
  DeliveryEntry delivery;
  std::string held;   // "", "retry", "quarantine"
  std::string relay;  // where it went, for the log line; empty: the server of `delivery`
};

}  // namespace gateway::journal
