#include "gateway/pipeline/session_desk.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "gateway/capture/capture.h"
#include "gateway/journal/encode.h"
#include "gateway/journal/hidden_subject.h"
#include "gateway/journal/log_line.h"
#include "gateway/metrics/tally.h"
#include "gateway/pipeline/gather.h"
#include "gateway/pipeline/record.h"
#include "gateway/pipeline/route.h"
#include "gateway/smtp/replies.h"

namespace gateway::pipeline {
namespace {

using policy::Disposition;

Time now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

bool refuses(const policy::Verdict& verdict) {
  return verdict.settled && verdict.action >= Disposition::defer;
}

journal::SubjectMode subject_mode(const std::string& word) {
  if (word == "hash") return journal::SubjectMode::hash;
  return word == "omit" ? journal::SubjectMode::omit : journal::SubjectMode::keep;
}

}  // namespace

std::unique_ptr<smtp::Reception> FrontDesk::open(asio::any_io_executor executor) {
  return std::make_unique<SessionDesk>(works_, std::move(executor));
}

void FrontDesk::turned_away(asio::any_io_executor executor, const smtp::SessionEnd& end) {
  record_session(works_, executor, end, {});
}

smtp::Offers FrontDesk::offers() const { return works_.standing.now()->delivery->offers(); }

SessionDesk::SessionDesk(const Works& works, asio::any_io_executor loop)
    : works_(works), loop_(std::move(loop)) {
  session_.id = works_.ids.next();
}

SessionDesk::~SessionDesk() = default;

// What accept pinned holds until something else is in force at a MAIL.  Each message of a relay has an origin
// of its own.
const std::shared_ptr<Origin>& SessionDesk::origin(const smtp::Client& client) {
  auto in_force = works_.standing.now();
  if (origin_ && origin_->in_force() == in_force && !client.relay) return origin_;
  origin_ = std::make_shared<Origin>(
      std::move(in_force),
      Surroundings{works_.resolver, works_.state, loop_, works_.workers, works_.lists, works_.tally}, now(),
      &client);
  if (!client.relay) origin_->begin();
  return origin_;
}

// Sessions that only wait are many: what a rule about the connection does not need is made at MAIL.
asio::awaitable<std::optional<smtp::Reply>> SessionDesk::judge_connection(const smtp::Client& client) {
  if (!works_.standing.now()->policy->refuses_early()) co_return std::nullopt;
  const auto origin = this->origin(client);
  const auto& in_force = origin->in_force();
  const auto& awaited = in_force->policy->awaited(Phase::connect);
  if (awaited.empty())
    origin_.reset();
  else
    co_await origin->examination()->done(awaited);
  Facts before_mail(origin->facts(), Owner::transaction);
  learn_time(before_mail, now());
  policy::Verdict verdict = in_force->policy->decide(before_mail, {});
  if (!verdict.earliest || !refuses(verdict)) co_return std::nullopt;
  const Decision decision = decide_on(verdict, *in_force->settings, session_.id, client.relay);
  if (decision.action < Disposition::defer) co_return std::nullopt;
  // The greeting knows two refusals: 554, after which the client may only QUIT, and 421.  RFC 5321 §3.1
  const smtp::Reply& said = decision.reply;
  const bool for_good = decision.action == Disposition::reject;
  const std::string detail = said.enhanced().substr(2);
  session_.verdict = std::move(verdict);
  session_.in_force = in_force;
  co_return smtp::Reply(for_good ? 554 : 421, detail, said.first_line());
}

asio::awaitable<std::optional<smtp::Reply>> SessionDesk::connected(const smtp::Client& client) {
  std::optional<smtp::Reply> refusal = co_await judge_connection(client);
  free_since_ = Clock::now();
  if (client.connected != Clock::time_point()) greeting_ = free_since_ - client.connected;
  co_return refusal;
}

void SessionDesk::enter(std::optional<journal::Stage> stage) {
  const Clock::time_point now = Clock::now();
  if (stage_) stages_.add(*stage_, now - stage_since_);
  stage_ = stage;
  stage_since_ = now;
}

void SessionDesk::write(const journal::Entry& entry, const settings::Settings& settings) {
  recorded_ = true;
  if (is_probe(settings, entry.client->ip)) return;
  if (works_.tally) works_.tally->transaction(entry);
  journal::JsonWriter json;
  journal::write_record(json, entry, subject_mode(settings.journal_subject));
  journal::LogWords line;
  journal::write_log_line(line, entry);
  works_.journal.post(loop_, {json.view(), line.view()});
}

void SessionDesk::begin(const smtp::Client& client, const Envelope& envelope) {
  transaction_ = std::make_shared<Transaction>(origin(client), works_.ids.next(), now(), client, envelope);
  began_ = Clock::now();
  mailstore_.clear();
  refused_by_.clear();
  last_reply_.clear();
  held_.clear();
  delivery_ = {};
  added_.clear();
  early_.reset();
  refused_by_verdict_ = false;
  handed_over_ = false;
  stage_.reset();
  stages_ = {};
  if (greeting_) stages_.add(journal::Stage::greeting, *greeting_);
  greeting_.reset();
  if (free_since_ != Clock::time_point()) stages_.add(journal::Stage::hello, began_ - free_since_);
  enter(journal::Stage::envelope);
  transaction_->begin();
}

asio::awaitable<smtp::Reply> SessionDesk::sender(const smtp::Client& client, const Envelope& envelope) {
  begin(client, envelope);
  const auto transaction = transaction_;
  if (transaction->in_force().policy->refuses_early()) {
    co_await transaction->settle(Phase::mail);
    const policy::Verdict verdict = transaction->judge_sender();
    if (verdict.earliest && refuses(verdict)) {
      const Decision decision = decide_on(verdict, *transaction->in_force().settings, transaction->id(),
                                          transaction->client().relay);
      if (decision.action >= Disposition::defer) {
        refused_by_verdict_ = true;
        early_ = verdict;
        record(decision.reply.text());
        learn(false);
        end_transaction();
        co_return decision.reply;
      }
    }
  }
  co_return smtp::replies::sender_accepted();
}

// What is known of the client goes with the configuration it was found under.
void SessionDesk::end_transaction() {
  transaction_.reset();
  free_since_ = Clock::now();
  if (origin_ && origin_->in_force() != works_.standing.now()) origin_.reset();
}

// A verdict that hangs on trouble defers, but not for ever: policy.trouble_for.
policy::Verdict SessionDesk::judge(const TransactionRecipient& recipient, bool at_end) {
  policy::Verdict verdict = transaction_->judge(recipient, false, at_end);
  if (!verdict.settled) return verdict;
  if (verdict.rule != "@trouble" && works_.trouble.size() == 0) return verdict;
  const state::TroubleKey key(transaction_->client().ip, transaction_->envelope().sender, recipient.address);
  if (verdict.rule != "@trouble") {
    works_.trouble.settled(key);
    return verdict;
  }
  const Time moment = transaction_->now();
  const bool passed = works_.trouble.since(key, moment) >= transaction_->in_force().settings->trouble_for;
  works_.trouble.deferred(key, moment);  // also when it passes: or after a day it would be deferred again
  return passed ? transaction_->judge(recipient, true, at_end) : verdict;
}

// split_recipients: whether the rules stand differently for this one than for the first.
bool SessionDesk::stands_apart(const policy::Verdict& verdict) const {
  if (!transaction_->in_force().settings->split_recipients) return false;
  const auto first = std::ranges::find_if(transaction_->recipients(), &TransactionRecipient::accepted);
  if (first == transaction_->recipients().end()) return false;
  const auto same = [](const policy::RuleOutcome& a, const policy::RuleOutcome& b) {
    return a.held == b.held;
  };
  return !std::ranges::equal(first->verdict.rules, verdict.rules, same);
}

smtp::Reply SessionDesk::turn_away(TransactionRecipient& recipient, std::string_view what,
                                   smtp::Reply reply) {
  recipient.reply = reply.text();
  recipient.fate = "refused";
  recipient.refused_by = what;
  last_reply_ = recipient.reply;
  if (!what.empty() && refused_by_.empty()) refused_by_ = what;
  return reply;
}

asio::awaitable<smtp::Reply> SessionDesk::recipient(const smtp::Recipient& said) {
  const auto transaction = transaction_;
  const settings::Settings& settings = *transaction->in_force().settings;
  refused_by_verdict_ = false;
  Route route = find_route(settings, said.address);
  TransactionRecipient& added = transaction->add_recipient(route.address);
  added.notify = said.notify;
  added.original = said.original;
  const std::size_t index = transaction->recipients().size() - 1;
  if (route.refusal) co_return turn_away(added, route.refused_by, with_id(*route.refusal, transaction->id()));
  if (!mailstore_.empty() && mailstore_ != route.mailstore)
    co_return turn_away(added, "@limit",
                        with_id(452, "5.3", "This recipient needs a message of its own", transaction->id()));

  // RFC 1870 §6.1: a recipient may have a limit of its own.
  const std::uint64_t most = transaction->in_force().delivery->most_octets(route.mailstore);
  if (most > 0 && transaction->envelope().declared_bytes.value_or(0) > most)
    co_return turn_away(added, "@size", with_id(smtp::replies::too_big(most), transaction->id()));

  co_await transaction->settle(Phase::rcpt);
  TransactionRecipient& recipient = transaction->recipients()[index];
  recipient.verdict = judge(recipient, false);
  if (refuses(recipient.verdict)) {
    Decision decision =
        decide_on(recipient.verdict, settings, transaction->id(), transaction->client().relay);
    if (decision.action >= Disposition::defer) {
      refused_by_verdict_ = true;
      co_return turn_away(recipient, {}, std::move(decision.reply));
    }
  }
  if (stands_apart(recipient.verdict))
    co_return turn_away(recipient, "@limit",
                        with_id(452, "5.3", "This recipient needs a message of its own", transaction->id()));
  mailstore_ = route.mailstore;
  recipient.accepted = true;
  static const smtp::Reply reply = smtp::replies::recipient_accepted();
  static const std::string text = reply.text();
  recipient.reply = text;
  co_return reply;
}

asio::awaitable<std::optional<smtp::Reply>> SessionDesk::data() {
  enter(journal::Stage::data);
  transaction_->data_begins();
  co_return std::nullopt;
}

void SessionDesk::header_complete(std::string header) {
  if (transaction_) transaction_->header_complete(std::move(header));
}

asio::awaitable<smtp::Reply> SessionDesk::message(smtp::Received received) {
  const auto transaction = transaction_;
  const settings::Settings& settings = *transaction->in_force().settings;
  refused_by_.clear();  // recipients refused before tell their own story
  enter(journal::Stage::evidence);
  co_await transaction->message_complete(std::move(received));
  enter(journal::Stage::rules);

  smtp::Reply reply;
  if (transaction->message()->count("Received") > settings.limits.received_fields) {
    reply = message_loops(transaction->id());
    refused_by_ = "@loop";
    refuse_accepted();
  } else {
    std::vector<std::size_t> accepted;
    std::vector<Decision> decisions;
    for (std::size_t i = 0; i < transaction->recipients().size(); ++i) {
      TransactionRecipient& recipient = transaction->recipients()[i];
      if (!recipient.accepted) continue;
      recipient.verdict = judge(recipient, true);
      recipient.facts->set("score", recipient.verdict.score);
      accepted.push_back(i);
      decisions.push_back(
          decide_on(recipient.verdict, settings, transaction->id(), transaction->client().relay));
    }
    const Outcome outcome = combine(decisions);
    enter(std::nullopt);
    if (cut_off_) co_return smtp::replies::shutting_down(settings.hostname);  // nobody hears it
    handed_over_ = true;
    reply = co_await carry_out(outcome, accepted, decisions);
  }
  // Whoever was not refused before hears the end of it.
  std::string said = reply.text();
  for (TransactionRecipient& recipient : transaction->recipients())
    if (recipient.accepted) recipient.reply = said;
  record(std::move(said));
  capture();
  learn(reply.positive());
  end_transaction();
  co_return reply;
}

// Likewise: what is kept for review must not change what the client hears.
void SessionDesk::capture() try {
  if (!works_.capture || !transaction_->message()) return;
  std::vector<std::string_view> rules;
  for (const TransactionRecipient& recipient : transaction_->recipients())
    rules.emplace_back(recipient.verdict.rule);
  if (works_.capture->wants(transaction_->id(), rules))
    works_.capture->offer(transaction_->id(), transaction_->message()->octets());
} catch (const std::exception& error) {
  spdlog::error("event=capture_failed id={} error=\"{}\"", transaction_->id(), printable(error.what()));
}

// A message we hold for a person to look at is not one we took.
void SessionDesk::learn(bool taken) {
  if (cut_off_) return;
  std::vector<StateUpdate> updates = transaction_->learn(taken && held_ != "quarantine");
  if (!updates.empty()) works_.state.update(std::move(updates), transaction_->now());
}

// The message was refused outside the rules, for all who were to get it.
void SessionDesk::refuse_accepted() {
  for (TransactionRecipient& recipient : transaction_->recipients())
    if (recipient.accepted) recipient.fate = "refused";
}

// Where the subject is not recorded, what was said of it is not either.
void SessionDesk::hide_subject(std::string& reply) {
  const auto* subject = transaction_->facts().get<std::string>("subject");
  if (!subject) return;
  journal::HiddenSubject hidden(*subject, subject_mode(transaction_->in_force().settings->journal_subject));
  if (!hidden.hides()) return;
  for (TransactionRecipient& recipient : transaction_->recipients()) hidden.hide(recipient.verdict.reply);
  for (TransactionRecipient& recipient : transaction_->recipients()) hidden.hide(recipient.reply);
  for (journal::DeliveredEntry& answer : delivery_.recipients) hidden.hide(answer.text);
  hidden.hide(delivery_.detail);
  hidden.hide(reply);
}

// The message is delivered or refused by now: a record that fails must not change what the client hears.
void SessionDesk::record(std::string reply) try {
  if (cut_off_) return;
  hide_subject(reply);
  enter(std::nullopt);
  stages_.set(journal::Stage::dns,
              std::chrono::duration_cast<std::chrono::microseconds>(transaction_->dns_wait()));
  journal::Entry entry = entry_of(*transaction_);
  if (early_) entry.verdict = &*early_;
  entry.duration = std::chrono::duration<double>(Clock::now() - began_).count();
  entry.reply = reply;
  entry.refused_by = refused_by_;
  entry.delivery = &delivery_;
  entry.held = held_;
  entry.added_headers = added_;
  entry.stages = stages_;
  write(entry, *transaction_->in_force().settings);
} catch (const std::exception& error) {
  spdlog::error("event=record_failed id={} error=\"{}\"", transaction_->id(), printable(error.what()));
}

void SessionDesk::refused(std::string_view what, const smtp::Reply& reply, bool ends) {
  if (!transaction_) {
    session_.refused_by = what;
    return;
  }
  // A mistake behind a refused RCPT is not why there was no message.
  if (!ends && !last_reply_.empty()) return;
  last_reply_ = reply.text();
  refused_by_ = what;
  if (!ends) return;
  if (!reply.positive()) {
    refuse_accepted();
    for (TransactionRecipient& recipient : transaction_->recipients())
      if (recipient.accepted) recipient.reply = last_reply_;
  }
  record(last_reply_);
  learn(false);
  end_transaction();
}

void SessionDesk::abandoned(std::string_view why) {
  if (!transaction_ || cut_off_) return;
  if (!transaction_->recipients().empty()) {
    delivery_.detail = "no message: " + std::string(why);
    // Who accepts a recipient has decided nothing yet; those refused beside it tell their own story.
    for (TransactionRecipient& recipient : transaction_->recipients()) {
      if (!recipient.accepted) continue;
      recipient.verdict.settled = false;
      refused_by_.clear();
      last_reply_.clear();
    }
    record(last_reply_);
    learn(false);
  }
  end_transaction();
}

// The transaction stays: a call that has not returned may look at it yet.
void SessionDesk::cut_off(const smtp::Reply& reply) {
  if (!transaction_ || cut_off_) return;
  std::vector<TransactionRecipient>& recipients = transaction_->recipients();
  if (std::ranges::any_of(recipients, &TransactionRecipient::accepted)) {
    last_reply_ = reply.text();
    refused_by_ = handed_over_ ? "@mailstore" : "@limit";
    delivery_.detail =
        handed_over_ ? "perhaps delivered: nobody waited for the end of it" : "no message: cut off";
  }
  for (TransactionRecipient& recipient : recipients) {
    if (!recipient.accepted) continue;
    recipient.reply = last_reply_;
    recipient.fate = handed_over_ ? "perhaps delivered" : "refused";
    if (!handed_over_) recipient.verdict.settled = false;
  }
  if (handed_over_) delivery_.mailstore = mailstore_;
  if (!recipients.empty()) {
    record(last_reply_);
    learn(false);
  }
  cut_off_ = true;
}

void SessionDesk::closed(const smtp::SessionEnd& end) {
  if (!recorded_) record_session(works_, loop_, end, std::move(session_));
}

}  // namespace gateway::pipeline
