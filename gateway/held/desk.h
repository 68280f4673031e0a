#pragma once
// What people do to the messages we hold: look at them, release, delete, try again, give up.  Each of these
// is recorded.  On the main loop; a file is in the hands of one at a time, so that nothing is delivered
// twice.  DESIGN §9

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/delivery/factory.h"
#include "gateway/delivery/retrier.h"
#include "gateway/held/release.h"
#include "gateway/journal/note.h"

namespace gateway::held {

struct Person {     // who asks
  std::string who;  // "alice", "alice (as root)"
  std::string via;  // "control", "web"
};

// What came of it, message by message, and what the journal tells of it: `result` is "done", "partly" or
// "failed", and `detail` says why.  One transaction may have left several messages.
using Outcome = std::vector<journal::Audit>;

class Desk {
 public:
  using Clock = std::function<Time()>;
  using Recorder = std::function<void(const journal::Audit&)>;

  // All of these must outlive the loop.
  Desk(asio::io_context& loop, delivery::FileHeldStore& store, delivery::Retrier& retrier,
       delivery::Mailstores mailstores, std::string host, Clock clock, Recorder record);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // To the mailstore of its recipients.  Who has got his copy is taken off the message, which goes with the
  // last of them.  That it begins is marked beside the message and recorded ("begun") before the mailstore is
  // asked; whoever it is not known of how that ended gets it `again` only.
  asio::awaitable<Outcome> release(std::string id, ReleaseTerms terms, Person person);
  // For ever.
  asio::awaitable<Outcome> remove(std::string id, Person person);
  // What waits for its mailstore: one attempt now, or none any more (to quarantine, as undeliverable).
  asio::awaitable<Outcome> retry(std::string id, Person person);
  asio::awaitable<Outcome> fail(std::string id, Person person);

  struct Reading {
    std::vector<delivery::Path> files;  // the messages; none: there is no such message
    delivery::Keep keep = delivery::Keep::quarantine;
  };
  // Where its messages are, for somebody who is about to read them, which is recorded.
  asio::awaitable<Reading> read(std::string id, delivery::Keep keep, Person person);

  // After a reload: releases to come go to these.
  void use(delivery::Mailstores mailstores);
  // No new release begins; `ended` is called when those under way have come to their end.
  void stop(std::function<void()> ended);
  bool at_work() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gateway::held
