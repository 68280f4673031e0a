#pragma once
// The one place where verdicts become what we do and say: the mode, the reply, and one outcome for several
// recipients.

#include <span>
#include <string>
#include <vector>

#include "gateway/settings/settings.h"
#include "gateway/smtp/reply.h"
#include "policy/verdict.h"

namespace gateway::pipeline {

// What is done about one recipient.
struct Decision {
  policy::Disposition action = policy::Disposition::accept;
  smtp::Reply reply;  // when action is defer or reject
  std::string would;  // mode observe: what would have been done, for X-Postern-Would; empty: the same
};

// Every refusal ends in the id of the transaction, which is the key of its explanation, and the footer.  A
// relay that is refused for good would send a bounce to whoever the sender claims to be: what a rule rejects
// is quarantined instead.  DESIGN §7
Decision decide_on(const policy::Verdict& verdict, const settings::Settings& settings, const std::string& id,
                   bool from_relay = false);

// A refusal of our own, with the id.
smtp::Reply with_id(int code, std::string_view subject_detail, std::string text, const std::string& id,
                    const std::string& footer = {});
smtp::Reply with_id(const smtp::Reply& reply, const std::string& id);

smtp::Reply message_loops(const std::string& id);

// Several recipients of one message: any defer defers the whole; all refuse: refused; else it goes to those
// who accept, and is quarantined for the others.
struct Outcome {
  enum class Kind { deliver, defer, reject } kind = Kind::deliver;
  std::size_t speaker = 0;           // whose reply is given when deferred or rejected
  std::vector<std::size_t> deliver;  // indices of the recipients
  std::vector<std::size_t> quarantine;
};
Outcome combine(std::span<const Decision> decisions);

}  // namespace gateway::pipeline
