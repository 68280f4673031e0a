#pragma once
// What would happen to one message: the gateway's own way of judging it, with what is known of client,
// envelope and message given by hand.  Delivers nothing, changes no state and asks no mailstore.  `explain`
// and the policy tests stand on it.

#include <optional>
#include <string>
#include <vector>

#include "gateway/dns/resolver.h"
#include "gateway/journal/entry.h"
#include "gateway/pipeline/transaction.h"
#include "gateway/rehearsal/given_facts.h"
#include "gateway/rehearsal/message_file.h"

namespace gateway::rehearsal {

// What is not given is not known, and stays so.
struct Scene {
  std::optional<IpAddress> ip;
  std::optional<std::string> helo;
  std::optional<Address> sender;    // Address() is the null sender
  std::vector<Address> recipients;  // none: postmaster of the first domain
  Time now{};
  GivenFacts given;                    // whatever the filters find
  std::optional<ReadMessage> message;  // none: up to RCPT
};

class Rehearsal {
 public:
  // The resolver must outlive this, and `lists`: which DNS lists are set aside; null: none.
  Rehearsal(std::shared_ptr<const pipeline::InForce> in_force, dns::Resolver& resolver, Scene scene,
            const lists::ListHealth* lists = nullptr);

  // Once.  Runs the loop until all is done; the loop must outlive this.
  void run(asio::io_context& loop);

  // Behind run(), and as long as this lives.
  const journal::Entry& entry() const { return entry_; }
  const pipeline::Transaction& transaction() const { return *transaction_; }

 private:
  asio::awaitable<void> work(asio::any_io_executor loop);
  void begin(asio::any_io_executor loop);
  void set_early_facts();
  void set_late_facts();
  void route(const Address& address);
  void judge(bool at_end);
  void conclude(bool whole);
  bool from_relay() const { return transaction_->client().relay; }

  const std::shared_ptr<const pipeline::InForce> configured_;  // its vocabulary is the policy's
  const std::shared_ptr<const pipeline::InForce> in_force_;    // with given facts of the configuration
  dns::Resolver& resolver_;
  const lists::ListHealth* const lists_;
  state::NoState no_state_;
  Scene scene_;
  std::shared_ptr<pipeline::Origin> origin_;
  std::optional<pipeline::Transaction> transaction_;
  std::string reply_;
  std::vector<std::string> added_;
  journal::Entry entry_;  // refers to what is above
};

}  // namespace gateway::rehearsal
