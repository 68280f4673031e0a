// SessionDesk: what was decided about a message is carried out, and what came of it is noted.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "gateway/journal/encode.h"
#include "gateway/pipeline/record.h"
#include "gateway/pipeline/session_desk.h"

namespace gateway::pipeline {
namespace {

std::string_view fate_of(const delivery::Delivered& delivered) {
  switch (delivered.fate) {
    case delivery::Fate::taken: return "delivered";
    case delivery::Fate::perhaps_delivered: return "perhaps delivered";
    default: return "failed";
  }
}

}  // namespace

std::vector<SessionDesk::Copy> SessionDesk::copies(const std::vector<std::size_t>& which,
                                                   const std::vector<std::size_t>& accepted,
                                                   const std::vector<Decision>& decisions) const {
  std::vector<Copy> copies;
  for (const std::size_t i : which) {
    const std::size_t index = accepted[i];
    const policy::Verdict& verdict = transaction_->recipients()[index].verdict;
    const std::string& would = decisions[i].would;
    const auto same_tag = [](const policy::Tag& a, const policy::Tag& b) { return a.rule == b.rule; };
    const auto fits = std::ranges::find_if(copies, [&](const Copy& copy) {
      const policy::Verdict& other = transaction_->recipients()[copy.recipients.front()].verdict;
      return copy.would == would && other.score_tag == verdict.score_tag &&
             (!verdict.score_tag || other.score == verdict.score) &&
             std::ranges::equal(other.tags, verdict.tags, same_tag);
    });
    if (fits == copies.end())
      copies.push_back({{index}, would});
    else
      fits->recipients.push_back(index);
  }
  return copies;
}

delivery::Parcel SessionDesk::parcel(const Copy& copy) {
  delivery::Parcel parcel;
  parcel.recipients.reserve(copy.recipients.size());
  for (const std::size_t index : copy.recipients) {
    const TransactionRecipient& recipient = transaction_->recipients()[index];
    parcel.recipients.push_back({recipient.address, recipient.notify, recipient.original});
  }
  Outgoing header = outgoing(*transaction_, transaction_->recipients()[copy.recipients.front()].verdict,
                             copy.would, parcel.recipients);
  if (added_.empty()) added_ = std::move(header.added);
  const Message& message = *transaction_->message();
  parcel.id = transaction_->id();
  parcel.mailstore = mailstore_;
  parcel.sender = transaction_->envelope().sender;
  parcel.smtputf8 = transaction_->envelope().smtputf8;
  parcel.requiretls = transaction_->envelope().requiretls;
  parcel.binary = transaction_->envelope().binary;
  parcel.ret = transaction_->envelope().ret;
  parcel.envid = transaction_->envelope().envid;
  parcel.header = std::move(header.header);
  parcel.octets = message.octets();
  parcel.body_offset = message.body_offset();
  parcel.eight_bit = transaction_->envelope().eight_bit || !is_ascii(parcel.header);
  constexpr std::uint64_t kLooked = 256 << 10;
  if (!parcel.eight_bit && message.size() > kLooked)
    parcel.eight_bit = true;  // too large to look, harmless to say
  if (!parcel.eight_bit)
    message.for_each_body_slice([&](std::string_view slice) { parcel.eight_bit |= !is_ascii(slice); });
  return parcel;
}

delivery::HoldInfo SessionDesk::hold_info(std::string reason) const {
  const Facts& facts = transaction_->facts();
  const auto passes = [&](std::string_view name) {
    const auto* outcome = facts.get<policy::Outcome>(name);
    return outcome && *outcome == policy::Outcome::pass;
  };
  return {std::move(reason),
          [transaction = transaction_] { return journal::encode_record(entry_of(*transaction)); },
          passes("spf.mailfrom") || passes("dmarc.result")};
}

void SessionDesk::note(const Copy& copy, delivery::Handover& handover) {
  const auto set_fate = [&](std::size_t i, std::string_view fate) {
    transaction_->recipients()[copy.recipients[i]].fate = fate;
  };
  for (std::size_t i = 0; i < copy.recipients.size(); ++i)
    set_fate(i, handover.held == "quarantine" ? "quarantined"
                : handover.held == "retry"    ? "held"
                : handover.reply.positive()   ? "delivered"
                                              : "failed");
  if (handover.asked.count() > 0) stages_.add(journal::Stage::mailstore, handover.asked);
  if (handover.kept.count() > 0) stages_.add(journal::Stage::kept, handover.kept);
  if (!handover.held.empty()) held_ = handover.held;
  if (!handover.refused_by.empty()) refused_by_ = handover.refused_by;
  if (!handover.text.empty()) delivery_.detail = std::move(handover.text);
  if (!handover.report) return;
  delivery::DeliveryReport& report = *handover.report;
  delivery_.mailstore = mailstore_;
  delivery_.server = std::move(report.server);
  delivery_.queue_id = std::move(report.queue_id);
  if (delivery_.detail.empty()) delivery_.detail = std::move(report.detail);
  for (std::size_t i = 0; i < report.recipients.size() && i < copy.recipients.size(); ++i) {
    delivery::Delivered& one = report.recipients[i];
    transaction_->recipients()[copy.recipients[i]].unwanted = one.fate == delivery::Fate::failed_for_good;
    if (one.fate == delivery::Fate::taken || handover.held.empty())
      set_fate(i, fate_of(one));
    else  // of a message partly taken the rest is held, for good or for now
      set_fate(i, one.fate == delivery::Fate::failed_for_good ? "quarantined" : "held");
    delivery_.recipients.push_back({transaction_->recipients()[copy.recipients[i]].address.text(), one.code,
                                    std::move(one.enhanced), std::move(one.text),
                                    std::string(delivery::name(one.fate))});
  }
}

asio::awaitable<smtp::Reply> SessionDesk::quarantine(const Copy& copy, std::string reason) {
  delivery::Parcel whole = parcel(copy);
  delivery::HoldInfo why = hold_info(std::move(reason));
  delivery::Handover handover =
      co_await transaction_->in_force().delivery->quarantine(std::move(whole), std::move(why));
  note(copy, handover);
  co_return handover.reply;
}

asio::awaitable<smtp::Reply> SessionDesk::carry_out(const Outcome& outcome,
                                                    const std::vector<std::size_t>& accepted,
                                                    const std::vector<Decision>& decisions) {
  const auto transaction = transaction_;
  if (outcome.kind != Outcome::Kind::deliver) {
    refuse_accepted();
    co_return decisions[outcome.speaker].reply;
  }
  smtp::Reply reply;  // of the last copy: somebody has accepted, so there is one
  bool taken = false;
  std::vector<Copy> unwanted;  // by the mailstore, for good
  std::optional<smtp::Reply> refusal;
  for (const Copy& copy : copies(outcome.deliver, accepted, decisions)) {
    delivery::Handler& handler = *transaction->in_force().delivery;
    const delivery::Parcel whole = parcel(copy);
    const delivery::WhyHeld why = [this] { return hold_info("unreachable"); };
    const auto others = taken ? delivery::Handler::Others::taken : delivery::Handler::Others::not_taken;
    delivery::Handover handover = co_await handler.hand_over(whole, why, others);
    note(copy, handover);
    if (handover.reply.positive()) {
      taken = true;
      reply = std::move(handover.reply);
    } else if (handover.reply.permanent()) {  // the others may be taken all the same
      unwanted.push_back(copy);
      if (!refusal) refusal = handover.reply;
    } else {
      co_return with_id(handover.reply, transaction->id());
    }
  }
  if (refusal && !taken) co_return with_id(*refusal, transaction->id());
  // Once anyone's copy is taken the answer is 250, so these are kept.  DESIGN §9
  for (const Copy& copy : unwanted) {
    refused_by_.clear();
    spdlog::warn("event=undeliverable id={} mailstore={}", transaction->id(), mailstore_);
    const smtp::Reply kept = co_await quarantine(copy, "undeliverable");
    if (!kept.positive()) co_return with_id(kept, transaction->id());
  }
  for (const Copy& copy : copies(outcome.quarantine, accepted, decisions)) {
    std::string rule = transaction->recipients()[copy.recipients.front()].verdict.rule;
    reply = co_await quarantine(copy, std::move(rule));
    if (!reply.positive()) co_return with_id(reply, transaction->id());
  }
  co_return reply;
}

}  // namespace gateway::pipeline
