#pragma once
// A filter finds evidence.  It is a pure function of facts and answers: no I/O, no clock, no replies, no
// state between messages.  Asked twice with the same answers it says the same.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/facts.h"
#include "policy/facts/question.h"
#include "policy/verdict.h"

namespace filters {

using namespace policy::facts;  // the shared vocabulary

// One fact found: known, or troubled with the reason.
struct FactValue {
  std::string_view name;
  Fact fact;

  static FactValue known(std::string_view name, Value value) {
    return {name, {Fact::State::known, std::move(value), {}}};
  }
  static FactValue troubled(std::string_view name, std::string because, Value sure = {}) {
    return {name, {Fact::State::troubled, std::move(sure), {std::move(because)}}};
  }
};

// What a filter found, or what it must know first.
struct Finding {
  std::vector<Evidence> evidence;  // complete when `questions` is empty
  std::vector<FactValue>
      facts;  // every fact the filter declares, known or troubled, when `questions` is empty
  std::vector<Question>
      questions;  // asked together, then examine() is called again; nothing else counts meanwhile
};

// What a filter says that cannot finish: one piece of temperror evidence, all its facts troubled.
Finding nothing_found(std::string_view method, std::span<const FactSpec> facts, std::string_view because);

// When examine() may be called: the phase is reached, and the filters named have left their facts and
// evidence.
struct Needs {
  Phase phase = Phase::message;
  std::vector<std::string_view> after = {};
};

// How it ended, for what is learnt from it.
struct Ending {
  const policy::Verdict& verdict;  // the recipient's; for a filter of the transaction the first one's
  bool taken = false;              // the message was delivered, or is held for delivery
  unsigned recipients = 0;         // named in the transaction
  unsigned refused = 0;            // of them for good: no such mailbox, or by a verdict
};

class Filter {
 public:
  virtual ~Filter() = default;
  virtual std::string_view name() const = 0;  // in configuration, rules and journal: "spf"

  // Whose facts it finds.  It runs once for each of them: a session's from the connection on, a recipient's
  // from RCPT on; a recipient's leaves no evidence.  Filters of an outer owner may stand in needs().after.
  virtual Owner owner() const { return Owner::transaction; }
  virtual Needs needs() const = 0;
  virtual Finding examine(const Facts& facts, const Answers& answers) const = 0;

  // Questions worth asking earlier (DKIM keys at the end of the headers), so that their answers wait for us
  // and not we for them.  Called when the header section is complete, and, where it foresees_more(), again
  // when such answers came in.
  virtual std::vector<Question> foresee(const Facts&, const Answers&) const { return {}; }
  // Whether other facts or answers could make it foresee more than it did at first.
  virtual bool foresees_more() const { return true; }

  // About how much work examine() would be now, in octets gone through once (some 5 ns each).  What is too
  // much for an event loop is done by a worker.
  virtual std::uint64_t work(const Facts& facts, const Answers&) const;

  // What shall be remembered of it, asked once when the reply is known.  `facts` are those of its owner; what
  // was refused before it was known may be open.  The answers are those examine() was given.
  virtual std::vector<StateUpdate> learn(const Facts&, const Answers&, const Ending&) const { return {}; }

  // What it says when it cannot finish (an exception): temperror evidence, all its facts troubled.
  virtual Finding trouble(std::string_view because) const = 0;

  // What it says when it may ask no more (bounds met): what is certain by now stands, the rest is troubled.
  virtual Finding conclude(const Facts&, const Answers&, std::string_view because) const {
    return trouble(because);
  }
};

}  // namespace filters
