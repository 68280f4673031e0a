#pragma once
// Records that tell of no mail: what people did to a message we hold, and what the journal lacks.
//
// Names are stable: fields may be added, none is renamed.  Text is UTF-8; other octets stand as \xNN.
//
// Of what people did ("kind": "audit"):
//   format, kind    1, "audit": the first two members
//   id              of the transaction that it was done to, so that both are found by it
//   time            when
//   host            whose gateway
//   who             Unix user, or the login at the pages
//   via             "control" (a command), "web"
//   action          "read", "release", "delete", "retry", "fail"
//   result          "done", "partly", "failed"; "begun" of a release before the mailstore is asked
//   detail          a sentence, where there is more to say; "" otherwise
//   store           "quarantine", "retry": where the message was
//   server          of the mailstore that was asked; "" when none was
//   queue_id        what it called the message
//   recipients      address, fate ("taken", "failed_for_now", …), reply ("250 2.0.0 …", as the mailstore said
//   it) left            recipients for whom the message still waits
//
// Of what is missing ("kind": "gap"):
//   format, kind    1, "gap"
//   id              of its own
//   time            when the journal could be written again
//   since, until    the first and the last record that is missing
//   lost            records, by the disk: failed, and by the queue, which was full: dropped
//   failed, dropped
//   why             what the disk said last; "" otherwise

#include <string>
#include <string_view>
#include <vector>

#include "gateway/vocabulary.h"

namespace gateway::journal {

struct AuditedRecipient {
  std::string address;
  std::string fate;
  std::string reply;  // octets from outside
};

struct Audit {
  std::string id;
  Time when{};
  std::string host;
  std::string who;
  std::string via;
  std::string action;
  std::string result;
  std::string detail;
  std::string store;
  std::string server;
  std::string queue_id;
  std::vector<AuditedRecipient> recipients;
  std::size_t left = 0;
};

struct Gap {
  std::string id;
  Time when{};
  Time since{};
  Time until{};
  std::uint64_t failed = 0;
  std::uint64_t dropped = 0;
  std::string why;

  std::uint64_t lost() const { return failed + dropped; }
};

// Without a line end.
std::string encode_audit(const Audit& audit);
std::string encode_gap(const Gap& gap);

// Whether this line of the journal is one of these; reads no more than its beginning.
bool is_note(std::string_view record);

}  // namespace gateway::journal
