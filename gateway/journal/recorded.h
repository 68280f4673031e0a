#pragma once
// A record of the journal read back: everything it tells, owned.  What it does not tell is not there, and is
// told apart from what was not known or in trouble when it was written.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/encode.h"
#include "gateway/journal/entry.h"
#include "gateway/journal/session_entry.h"
#include "gateway/smtp/client.h"
#include "gateway/vocabulary.h"
#include "policy/verdict.h"

namespace gateway::journal {

struct RecordedFact {
  std::string name;
  // In the vocabulary it was read with; nothing for a fact of another version, or a value that is not of its
  // type.
  std::optional<FactId> id;
  Fact fact;
  bool recorded = true;  // false: it was known, but its value is not told; `because` says why

  // The record tells what it was, be it open or in trouble.
  bool told() const;
};

struct RecordedRecipient {
  std::string address;
  policy::Verdict verdict;
  std::string reply;
  std::string refused_by;
  std::string fate;
  std::vector<RecordedFact> facts;  // its own, as far as they are not among those of the transaction
};

struct RecordedHeader {
  std::string name;
  std::vector<std::string> values;
};

struct RecordedDns {
  DnsQuestion question;
  DnsAnswer answer;
};

struct RecordedState {
  StateQuestion question;
  StateAnswer answer;
};

// Of a connection that came to no transaction.
struct RecordedSession {
  std::string ended;
  std::string detail;
  unsigned commands = 0;
  unsigned errors = 0;
  std::string last_command;
  bool judged = false;  // a rule refused in the greeting: `verdict` says which
  std::uint64_t unrecorded = 0;
};

struct Recorded {
  unsigned format = 0;
  std::string id;
  Time start{};
  double duration = 0;  // seconds
  std::string hostname;
  std::string mode;
  std::string policy_version;
  smtp::Client client;
  std::string client_name;

  std::optional<RecordedSession> session;  // nothing below but verdict, refused_by and reply is told then

  std::string sender;
  std::vector<RecordedRecipient> recipients;
  std::optional<std::string> subject;  // nothing: journal.subject left it out
  std::string message_id;
  std::string header_from;
  std::uint64_t size = 0;
  std::vector<RecordedHeader> headers;  // fields that rules named then; without values: the message had none

  std::vector<Evidence> evidence;
  std::vector<RecordedFact> facts;
  std::vector<RecordedDns> answers;
  std::vector<RecordedState> state;
  std::vector<std::string> added_headers;

  policy::Verdict verdict;
  std::string refused_by;
  std::string reply;
  DeliveryEntry delivery;
  std::string held;
  Stages stages;  // none in records of former versions
  std::string relay;

  // For the printouts.  They refer to this object.
  Entry entry() const;
  SessionEntry session_entry() const;  // of one with a session
  // How it was recorded, as far as writing it again the same takes it.
  SubjectMode subject_mode() const { return subject ? SubjectMode::keep : SubjectMode::omit; }

  const RecordedHeader* header(std::string_view name) const;
};

}  // namespace gateway::journal
