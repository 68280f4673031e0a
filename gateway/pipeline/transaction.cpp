#include "gateway/pipeline/transaction.h"

#include <algorithm>

#include "gateway/pipeline/gather.h"

namespace gateway::pipeline {

Transaction::Transaction(std::shared_ptr<Origin> origin, std::string id, Time now, const smtp::Client& client,
                         Envelope envelope)
    : origin_(std::move(origin)),
      id_(std::move(id)),
      now_(now),
      client_(client),
      envelope_(std::move(envelope)),
      facts_(origin_->facts(), Owner::transaction) {
  learn_time(facts_, now_);
  learn_mail(facts_, client_, envelope_, in_force().settings->local_domains);
  examination_ =
      Examination::start(origin_->filters(), facts_, origin_->surroundings(), now_, origin_->examination());
  recipients_examined_ = std::ranges::any_of(
      *origin_->filters(), [](const auto& filter) { return filter->owner() == Owner::recipient; });
}

Transaction::~Transaction() {
  for (const TransactionRecipient& recipient : recipients_)
    if (recipient.examination) recipient.examination->cancel();
  examination_->cancel();
}

// Behind a relay nothing is known of the client before the header section is here.
void Transaction::reach(Phase phase) {
  if (client_.relay && phase < Phase::headers) return;
  if (!reached_) origin_->begin();
  reached_ = phase;
  examination_->reach(phase);
  for (const TransactionRecipient& recipient : recipients_)
    if (recipient.examination) recipient.examination->reach(phase);
}

void Transaction::begin() {
  reach(Phase::connect);
  reach(Phase::mail);
}

TransactionRecipient& Transaction::add_recipient(const Address& address) {
  Address its = address;
  auto facts = std::make_unique<Facts>(facts_, Owner::recipient);
  learn_recipient(*facts, address);
  std::shared_ptr<Examination> examination;
  if (recipients_examined_)
    examination = Examination::start(origin_->filters(), *facts, origin_->surroundings(), now_, examination_);
  TransactionRecipient& recipient = recipients_.emplace_back();  // and filling it cannot fail
  recipient.address = std::move(its);
  recipient.facts = std::move(facts);
  recipient.examination = std::move(examination);
  if (recipients_.size() == 1) reach(Phase::rcpt);
  if (recipient.examination && reached_) recipient.examination->reach(*reached_);
  return recipient;
}

asio::awaitable<void> Transaction::settle(Phase phase) {
  const std::vector<std::string>& awaited = in_force().policy->awaited(phase);
  if (awaited.empty()) co_return;
  const bool of_recipient = !recipients_.empty() && recipients_.back().examination;
  const auto examination = of_recipient ? recipients_.back().examination : examination_;
  const auto since = std::chrono::steady_clock::now();
  co_await examination->done(awaited);
  count_dns_wait(since);
}

// Up to the last answer: what comes behind it is the filters' own work.
void Transaction::count_dns_wait(std::chrono::steady_clock::time_point since) {
  auto until = since;
  const auto look = [&](const Examination& examination) {
    until = std::max(until, examination.heard_dns().value_or(until));
  };
  look(*origin_->examination());
  look(*examination_);
  for (const TransactionRecipient& recipient : recipients_)
    if (recipient.examination) look(*recipient.examination);
  dns_wait_ += until - since;
}

std::vector<const Examination*> Transaction::examinations(const TransactionRecipient* recipient) const {
  std::vector<const Examination*> all{origin_->examination().get(), examination_.get()};
  if (recipient && recipient->examination) all.push_back(recipient->examination.get());
  return all;
}

// Named in vain: nobody is there, or a rule wants nothing of it.  Who may come again has not.
static bool is_refused_for_good(const TransactionRecipient& recipient) {
  if (!recipient.accepted) return recipient.reply.starts_with('5');
  if (recipient.unwanted) return true;
  return recipient.fate == "refused" && recipient.verdict.settled &&
         recipient.verdict.action == policy::Disposition::reject;
}

std::vector<StateUpdate> Transaction::learn(bool taken) const {
  const auto refused = static_cast<unsigned>(std::ranges::count_if(recipients_, is_refused_for_good));
  const auto named = static_cast<unsigned>(recipients_.size());
  std::vector<StateUpdate> updates;
  const auto add = [&](const Examination& examination, const policy::Verdict& verdict, bool was_taken) {
    std::ranges::move(examination.learn({verdict, was_taken, named, refused}), std::back_inserter(updates));
  };
  const policy::Verdict none;
  const policy::Verdict& first = recipients_.empty() ? none : recipients_.front().verdict;
  add(*origin_->examination(), first, taken);
  add(*examination_, first, taken);
  for (const TransactionRecipient& recipient : recipients_)
    if (recipient.examination) add(*recipient.examination, recipient.verdict, taken && recipient.accepted);
  return updates;
}

void Transaction::data_begins() {
  std::size_t accepted = 0;
  for (const TransactionRecipient& recipient : recipients_) accepted += recipient.accepted ? 1 : 0;
  learn_data(facts_, accepted);
  reach(Phase::data);
}

void Transaction::header_complete(std::string header) {
  message_ = std::make_shared<const Message>(std::move(header));
  learn_headers(facts_, message_);
  if (client_.relay) learn_client_behind_relay();
  reach(Phase::headers);
}

void Transaction::learn_client_behind_relay() {
  const auto found = trace::client_behind(*message_, {client_.ip, client_.helo}, in_force().settings->relays);
  learn_client_behind(origin_->facts(), facts_, found);
  if (!found) return;
  behind_relay_ = client_;
  behind_relay_->peer = client_.ip;
  behind_relay_->ip = found->ip;
  behind_relay_->helo = found->helo;
}

asio::awaitable<void> Transaction::message_complete(smtp::Received received) {
  message_ = std::make_shared<const Message>(*message_, std::move(received.octets), received.body_offset);
  learn_message(facts_, message_);
  const auto since = std::chrono::steady_clock::now();
  reach(Phase::message);
  co_await examination_->all_done();
  for (std::size_t i = 0; i < recipients_.size(); ++i)
    if (const auto examination = recipients_[i].examination) co_await examination->all_done();
  count_dns_wait(since);
}

policy::Verdict Transaction::judge(const TransactionRecipient& recipient, bool trouble_passed,
                                   bool at_end) const {
  return in_force().policy->decide(*recipient.facts,
                                   {.at_end = at_end, .trouble_passed = trouble_passed, .outcomes = true});
}

policy::Verdict Transaction::judge_sender() const { return in_force().policy->decide(facts_, {}); }

}  // namespace gateway::pipeline
