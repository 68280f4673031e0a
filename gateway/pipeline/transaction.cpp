#include "gateway/pipeline/transaction.h"

#include "gateway/pipeline/gather.h"

namespace gateway::pipeline {

Transaction::Transaction(World world, std::string id, Time now, const smtp::Client& client, Envelope envelope,
                         bool client_known)
    : world_(std::move(world)),
      id_(std::move(id)),
      now_(now),
      client_(client),
      envelope_(std::move(envelope)),
      session_(world_.in_force->facts, Owner::session),
      facts_(session_, Owner::transaction) {
  if (client_known) learn_client(session_, client_);
  learn_time(facts_, now_);
  learn_mail(facts_, client_, envelope_, world_.in_force->settings->local_domains);
  examination_ = Examination::start(world_.filters, facts_, world_.resolver, world_.loop, world_.workers);
}

Transaction::~Transaction() { examination_->cancel(); }

void Transaction::begin() {
  examination_->reach(Phase::connect);
  examination_->reach(Phase::mail);
}

TransactionRecipient& Transaction::add_recipient(const Address& address) {
  TransactionRecipient recipient;
  recipient.address = address;
  recipient.facts = std::make_unique<Facts>(facts_, Owner::recipient);
  learn_recipient(*recipient.facts, address);
  recipients_.push_back(std::move(recipient));
  if (recipients_.size() == 1) examination_->reach(Phase::rcpt);
  return recipients_.back();
}

asio::awaitable<void> Transaction::settle(Phase phase) {
  const std::vector<std::string>& awaited = world_.in_force->policy->awaited(phase);
  if (!awaited.empty()) co_await examination_->done(awaited);
}

void Transaction::data_begins() {
  std::size_t accepted = 0;
  for (const TransactionRecipient& recipient : recipients_) accepted += recipient.accepted ? 1 : 0;
  learn_data(facts_, accepted);
  examination_->reach(Phase::data);
}

void Transaction::header_complete(std::string header) {
  message_ = std::make_shared<const Message>(std::move(header));
  learn_headers(facts_, message_);
  examination_->reach(Phase::headers);
}

asio::awaitable<void> Transaction::message_complete(smtp::Received received) {
  if (!message_) header_complete(received.header);
  message_ = std::make_shared<const Message>(*message_, std::move(received.octets), received.body_offset);
  learn_message(facts_, message_);
  examination_->reach(Phase::message);
  co_await examination_->all_done();
}

policy::Verdict Transaction::judge(const TransactionRecipient& recipient, bool trouble_passed,
                                   bool at_end) const {
  return world_.in_force->policy->decide(
      *recipient.facts, {.at_end = at_end, .trouble_passed = trouble_passed, .outcomes = true});
}

policy::Verdict Transaction::judge_sender() const { return world_.in_force->policy->decide(facts_, {}); }

}  // namespace gateway::pipeline
