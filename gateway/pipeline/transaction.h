#pragma once
// One MAIL … end of data: its facts, its filters at work, its recipients and what the rules say about each.
// Knows neither SMTP nor delivery: the session's desk and `explain` both run it.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/pipeline/examination.h"
#include "gateway/pipeline/in_force.h"
#include "gateway/pipeline/origin.h"
#include "gateway/smtp/client.h"
#include "gateway/smtp/reception.h"
#include "gateway/vocabulary.h"

namespace gateway::pipeline {

struct TransactionRecipient {
  Address address;
  std::string notify;    // as smtp::Recipient has it
  std::string original;  // likewise
  std::unique_ptr<Facts> facts;
  std::shared_ptr<Examination> examination;
  policy::Verdict verdict;
  std::string reply;       // what we said to it
  std::string refused_by;  // what refused it outside the rules, "@relay"
  std::string fate;        // "refused", "delivered", …: see journal::RecipientEntry
  bool unwanted = false;   // its mailstore refused it for good
  bool accepted = false;
};

class Transaction {
 public:
  // Under what is in force for its origin, with its filters.
  Transaction(std::shared_ptr<Origin> origin, std::string id, Time now, const smtp::Client& client,
              Envelope envelope);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  const std::string& id() const { return id_; }
  Time now() const { return now_; }
  const InForce& in_force() const { return *origin_->in_force(); }
  const smtp::Client& client() const { return client_; }
  // Whom the rules judge: behind a relay, the client that it names, once it is known.
  const smtp::Client& judged_client() const { return behind_relay_ ? *behind_relay_ : client_; }
  const Envelope& envelope() const { return envelope_; }
  Facts& facts() { return facts_; }
  const Facts& facts() const { return facts_; }
  // The examinations whose answers led to this recipient's verdict, from the outermost; of no recipient:
  // null.
  std::vector<const Examination*> examinations(const TransactionRecipient* recipient) const;

  // Client and envelope are in: filters that need no more begin.
  void begin();
  TransactionRecipient& add_recipient(const Address& address);
  std::vector<TransactionRecipient>& recipients() { return recipients_; }
  const std::vector<TransactionRecipient>& recipients() const { return recipients_; }

  // Waits for the filters whose facts could settle the verdict at that phase, those of the recipient that was
  // added last among them.
  asio::awaitable<void> settle(Phase phase);
  void data_begins();
  void header_complete(std::string header);
  // The body has come behind it.  Waits for all filters.
  asio::awaitable<void> message_complete(smtp::Received received);

  // How much of settle() and message_complete() was spent until the DNS had answered.
  std::chrono::steady_clock::duration dns_wait() const { return dns_wait_; }

  // As of now; `at_end` when the message is complete.
  policy::Verdict judge(const TransactionRecipient& recipient, bool trouble_passed, bool at_end) const;
  // What shall be remembered of it; `taken`: the message was delivered, or is held for delivery.
  std::vector<StateUpdate> learn(bool taken) const;
  // What the rules say before there is a recipient.
  policy::Verdict judge_sender() const;

  const std::shared_ptr<const Message>& message() const { return message_; }
  bool has_header() const { return message_ != nullptr; }

 private:
  void reach(Phase phase);
  void learn_client_behind_relay();
  void count_dns_wait(std::chrono::steady_clock::time_point since);

  const std::shared_ptr<Origin> origin_;
  const std::string id_;
  const Time now_;
  const smtp::Client client_;
  std::optional<smtp::Client> behind_relay_;
  Envelope envelope_;
  Facts facts_;
  std::vector<TransactionRecipient> recipients_;
  std::shared_ptr<const Message> message_;
  std::shared_ptr<Examination> examination_;
  bool recipients_examined_ = false;  // there are filters of recipients
  std::optional<Phase> reached_;
  std::chrono::steady_clock::duration dns_wait_{0};
};

}  // namespace gateway::pipeline
