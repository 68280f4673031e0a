#pragma once
// One session's reception: a transaction after the other, each from MAIL to its record.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/delivery/deliver_or_hold.h"
#include "gateway/journal/entry.h"
#include "gateway/pipeline/conclude.h"
#include "gateway/pipeline/desk.h"
#include "gateway/pipeline/session_record.h"
#include "gateway/pipeline/transaction.h"

namespace gateway::pipeline {

class SessionDesk final : public smtp::Reception {
 public:
  SessionDesk(const Works& works, asio::any_io_executor loop);
  ~SessionDesk() override;

  asio::awaitable<std::optional<smtp::Reply>> connected(const smtp::Client& client) override;
  asio::awaitable<smtp::Reply> sender(const smtp::Client& client, const Envelope& envelope) override;
  asio::awaitable<smtp::Reply> recipient(const smtp::Recipient& said) override;
  bool refused_by_verdict() const override { return refused_by_verdict_; }
  asio::awaitable<std::optional<smtp::Reply>> data() override;
  void header_complete(std::string header) override;
  asio::awaitable<smtp::Reply> message(smtp::Received received) override;
  void refused(std::string_view what, const smtp::Reply& reply, bool ends) override;
  void abandoned(std::string_view why) override;
  void cut_off(const smtp::Reply& reply) override;
  void closed(const smtp::SessionEnd& end) override;
  std::string id() const override { return transaction_ ? transaction_->id() : session_.id; }

 private:
  using Clock = std::chrono::steady_clock;

  const std::shared_ptr<Origin>& origin(const smtp::Client& client);
  void begin(const smtp::Client& client, const Envelope& envelope);
  void end_transaction();
  asio::awaitable<std::optional<smtp::Reply>> judge_connection(const smtp::Client& client);
  void enter(std::optional<journal::Stage> stage);  // the one before has ended
  policy::Verdict judge(const TransactionRecipient& recipient, bool at_end);
  bool stands_apart(const policy::Verdict& verdict) const;
  smtp::Reply turn_away(TransactionRecipient& recipient, std::string_view what, smtp::Reply reply);

  // A copy of the message for recipients to whom the rules say the same.
  struct Copy {
    std::vector<std::size_t> recipients;
    std::string would;
  };
  // For some of those who accepted: `which` are indices of both others.
  std::vector<Copy> copies(const std::vector<std::size_t>& which, const std::vector<std::size_t>& accepted,
                           const std::vector<Decision>& decisions) const;
  delivery::Parcel parcel(const Copy& copy);
  delivery::HoldInfo hold_info(std::string reason) const;
  asio::awaitable<smtp::Reply> carry_out(const Outcome& outcome, const std::vector<std::size_t>& accepted,
                                         const std::vector<Decision>& decisions);
  asio::awaitable<smtp::Reply> quarantine(const Copy& copy, std::string reason);
  void note(const Copy& copy, delivery::Handover& handover);  // keeps all but the reply
  void refuse_accepted();
  void record(std::string reply);
  void hide_subject(std::string& reply);
  void learn(bool taken);
  void capture();
  void write(const journal::Entry& entry, const settings::Settings& settings);

  const Works works_;
  const asio::any_io_executor loop_;
  SessionNotes session_;   // for its record, if it comes to no transaction
  bool recorded_ = false;  // it has come to one
  std::shared_ptr<Origin> origin_;
  std::shared_ptr<Transaction> transaction_;
  Clock::time_point began_{};
  Clock::time_point free_since_{};           // greeted, or done with the transaction before
  std::optional<Clock::duration> greeting_;  // what it took; told by the first transaction
  std::string mailstore_;                    // of the transaction
  bool refused_by_verdict_ = false;
  bool handed_over_ = false;  // the message, or it was to be held
  bool cut_off_ = false;      // all is told

  // For the record.
  std::optional<policy::Verdict> early_;  // at MAIL, before there was a recipient
  std::string refused_by_;
  std::string last_reply_;
  std::string held_;
  journal::DeliveryEntry delivery_;
  std::vector<std::string> added_;
  journal::Stages stages_;
  std::optional<journal::Stage> stage_;  // that goes on
  Clock::time_point stage_since_{};
};

}  // namespace gateway::pipeline
