#include "gateway/delivery/deliver_or_hold.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>

namespace gateway::delivery {
namespace {

using Moment = std::chrono::steady_clock::time_point;

// The replies.  What the mailstore said goes to the journal; the sender gets these words.
namespace replies {

smtp::Reply taken(const std::string& id) { return {250, "0.0", "Ok, id " + id}; }
smtp::Reply mailstore_unreachable() { return {451, "4.1", "Mailbox is not reachable now, try again later"}; }
smtp::Reply mailstore_trouble() { return {451, "3.0", "Mail system trouble, try again later"}; }
smtp::Reply outcome_unknown() { return {451, "4.2", "Delivery could not be confirmed, try again later"}; }

smtp::Reply disk_trouble(const Error& error) {
  const int code = error.system_code();
  if (code == ENOSPC || code == EDQUOT || code == EFBIG)
    return {452, "3.1", "Insufficient system storage, try again later"};
  return {451, "3.0", "Storage trouble, try again later"};
}

// "1.1" of "5.1.1"
std::string subject_detail(const Delivered& copy) {
  return copy.enhanced.size() > 2 ? copy.enhanced.substr(2) : std::string();
}

bool about_the_mailbox(const std::string& subject) {
  return subject.starts_with("1.") || subject.starts_with("2.");
}

smtp::Reply later(const Delivered& copy) {
  const std::string subject = subject_detail(copy);
  if (subject == "6.3")
    return {451, subject, "Binary messages cannot be delivered any more, send it otherwise"};
  if (!about_the_mailbox(subject)) return mailstore_trouble();
  return {451, subject, "Mailbox cannot take mail now, try again later"};
}

smtp::Reply refused(const Delivered& copy) {
  const int code = copy.code >= 500 ? copy.code : 550;
  const std::string subject = subject_detail(copy);
  if (subject.starts_with("1.")) return {code, subject, "Recipient address rejected"};
  if (subject.starts_with("2.")) return {code, subject, "Mailbox cannot take this message"};
  if (subject == "3.4") return {552, subject, "Message is too large for the mailbox"};
  if (subject == "7.30") return {550, subject, "REQUIRETLS support required"};
  if (subject == "6.7") return {550, subject, "Mailbox does not take internationalized mail"};
  return {code, subject.empty() ? "0.0" : subject, "Message refused by the mailbox"};
}

}  // namespace replies

std::string counted(const DeliveryReport& report, Fate fate) {
  const auto count = std::count_if(report.recipients.begin(), report.recipients.end(),
                                   [fate](const Delivered& copy) { return copy.fate == fate; });
  return std::to_string(count);
}

// What we put on top of a message must fit, too.  DESIGN §8
std::uint64_t without_trace(std::uint64_t most_octets) {
  constexpr std::uint64_t kTraceOctets = 16 << 10;
  return most_octets > 2 * kTraceOctets ? most_octets - kTraceOctets : most_octets / 2;
}

Handover taken_by_mailstore(const std::string& id, DeliveryReport report) {
  std::string text = "taken by " + report.server;
  return {replies::taken(id), std::move(text), "", std::move(report), ""};
}

Handover refused_by_mailstore(smtp::Reply reply, std::string text, DeliveryReport report) {
  return {std::move(reply), std::move(text), "@mailstore", std::move(report), ""};
}

Handover refused_by_disk(const Error& error, std::string text, std::optional<DeliveryReport> report) {
  return {replies::disk_trouble(error), text + ": " + printable(error.text()), "@disk", std::move(report),
          ""};
}

// Nobody's copy was taken, but somebody answered.
Handover nothing_taken(DeliveryReport report) {
  const std::string said = printable(report.detail);
  const auto first = [&report](Fate fate) {
    return *std::find_if(report.recipients.begin(), report.recipients.end(),
                         [fate](const Delivered& copy) { return copy.fate == fate; });
  };
  if (report.any(Fate::perhaps_delivered))
    return refused_by_mailstore(replies::outcome_unknown(), "perhaps delivered: " + said, std::move(report));
  if (report.refuses_us)
    return refused_by_mailstore(replies::mailstore_trouble(), "the mailstore refuses us: " + said,
                                std::move(report));
  // One reply for all: while some may still be taken, the sender is to try again.
  if (report.any(Fate::failed_for_now)) {
    const Delivered copy = first(Fate::failed_for_now);
    return refused_by_mailstore(replies::later(copy), "failed for now: " + printable(copy.text),
                                std::move(report));
  }
  const Delivered copy = first(Fate::failed_for_good);
  return refused_by_mailstore(replies::refused(copy), "refused by the mailstore: " + printable(copy.text),
                              std::move(report));
}

}  // namespace

Time Handler::system_time() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Handler::Handler(std::map<std::string, std::shared_ptr<Mailstore>> mailstores, HeldStore& held,
                 settings::WhenUnreachable when_unreachable, Clock clock)
    : mailstores_(std::make_move_iterator(mailstores.begin()), std::make_move_iterator(mailstores.end())),
      held_(held),
      when_unreachable_(when_unreachable),
      clock_(std::move(clock)) {}

smtp::Offers Handler::offers() const {
  std::optional<smtp::Offers> all;
  for (const auto& [name, mailstore] : mailstores_) {
    smtp::Offers its = mailstore->offers();
    its.most_octets = without_trace(its.most_octets);
    if (!all) {
      all = its;
      continue;
    }
    all->keep_common(its);
    const bool limited = all->most_octets > 0 && its.most_octets > 0;
    all->most_octets = limited ? std::max(all->most_octets, its.most_octets) : 0;
  }
  return all.value_or(smtp::Offers());
}

std::uint64_t Handler::most_octets(std::string_view mailstore) const {
  const auto found = mailstores_.find(mailstore);
  return found == mailstores_.end() ? 0 : without_trace(found->second->offers().most_octets);
}

std::map<std::string, PoolCounts> Handler::connections(std::string_view mailstore) const {
  const auto found = mailstores_.find(mailstore);
  return found == mailstores_.end() ? std::map<std::string, PoolCounts>() : found->second->connections();
}

asio::awaitable<Handover> Handler::hand_over(const Parcel& parcel, const WhyHeld& why, Others others) {
  const auto found = mailstores_.find(parcel.mailstore);
  if (found == mailstores_.end() || parcel.recipients.empty()) {
    spdlog::error("event=no_mailstore id={} mailstore=\"{}\"", parcel.id, printable(parcel.mailstore));
    co_return refused_by_mailstore(replies::mailstore_trouble(),
                                   "there is no mailstore '" + parcel.mailstore + "'", {});
  }
  const std::shared_ptr<Mailstore> mailstore = found->second;
  const Moment asked = std::chrono::steady_clock::now();
  DeliveryReport report = co_await mailstore->deliver(parcel);
  const Moment answer = std::chrono::steady_clock::now();
  report.recipients.resize(parcel.recipients.size());
  if (report.refuses_us)
    spdlog::error("event=mailstore_refuses_us id={} mailstore={} server={} said=\"{}\"", parcel.id,
                  parcel.mailstore, report.server, printable(report.detail));
  Handover handover;
  if (report.all(Fate::taken))
    handover = taken_by_mailstore(parcel.id, std::move(report));
  else
    handover = co_await not_all_taken(parcel, why, std::move(report), others);
  handover.asked = answer - asked;
  if (!handover.held.empty() || handover.refused_by == "@disk")
    handover.kept = std::chrono::steady_clock::now() - answer;
  co_return handover;
}

asio::awaitable<Handover> Handler::not_all_taken(const Parcel& parcel, const WhyHeld& why,
                                                 DeliveryReport report, Others others) {
  if (report.any(Fate::taken) || others == Others::taken)
    co_return co_await partly_taken(parcel, why, std::move(report));
  if (report.unreachable) co_return co_await unreachable(parcel, why, std::move(report));
  co_return nothing_taken(std::move(report));
}

asio::awaitable<Handover> Handler::unreachable(const Parcel& parcel, const WhyHeld& why,
                                               DeliveryReport report) {
  const std::string trouble = "the mailstore is unreachable (" + printable(report.detail) + ")";
  spdlog::warn("event=mailstore_unreachable id={} mailstore={} error=\"{}\"", parcel.id, parcel.mailstore,
               printable(report.detail));
  if (when_unreachable_ == settings::WhenUnreachable::defer)
    co_return refused_by_mailstore(replies::mailstore_unreachable(), trouble, std::move(report));
  HoldInfo info = why();
  info.reason = "unreachable";
  const Result<void> safe = co_await hold(parcel, std::move(info), Keep::retry);
  if (!safe)
    co_return refused_by_disk(safe.error(), trouble + " and the message cannot be held", std::move(report));
  co_return Handover{replies::taken(parcel.id), trouble + ": held for retry", "", std::move(report), "retry"};
}

// Once anyone's copy is taken the sender must not send it again: we care for the others.
asio::awaitable<Handover> Handler::partly_taken(const Parcel& parcel, const WhyHeld& why,
                                                DeliveryReport report) {
  // A copy perhaps delivered is tried again later: twice is better than never.
  Parcel later = for_those(parcel, report, {Fate::failed_for_now, Fate::perhaps_delivered});
  Parcel never = for_those(parcel, report, {Fate::failed_for_good});
  const bool any_later = !later.recipients.empty();
  const bool any_never = !never.recipients.empty();
  const std::string text =
      fmt::format("taken by {} for {}, failed for now for {}, for good for {}, perhaps delivered for {}",
                  report.server, counted(report, Fate::taken), counted(report, Fate::failed_for_now),
                  counted(report, Fate::failed_for_good), counted(report, Fate::perhaps_delivered));
  // Should the disk fail, the sender keeps it: again, twice is better than never.
  if (any_later) {
    HoldInfo info = why();
    info.reason = "failed for now";
    const Result<void> safe = co_await hold(std::move(later), std::move(info), Keep::retry);
    if (!safe) co_return refused_by_disk(safe.error(), text + "; cannot be held", std::move(report));
  }
  if (any_never) {
    HoldInfo info = why();
    info.reason = "undeliverable";
    const Result<void> safe = co_await hold(std::move(never), std::move(info), Keep::quarantine);
    if (!safe) co_return refused_by_disk(safe.error(), text + "; cannot be held", std::move(report));
    spdlog::warn("event=undeliverable id={} mailstore={}", parcel.id, parcel.mailstore);
  }
  co_return Handover{replies::taken(parcel.id), text, "", std::move(report),
                     any_later ? "retry" : "quarantine"};
}

asio::awaitable<Handover> Handler::quarantine(Parcel parcel, HoldInfo info) {
  const std::string id = parcel.id;
  const Moment since = std::chrono::steady_clock::now();
  const Result<void> safe = co_await hold(std::move(parcel), std::move(info), Keep::quarantine);
  Handover handover = safe ? Handover{replies::taken(id), "quarantined", "", std::nullopt, "quarantine"}
                           : refused_by_disk(safe.error(), "cannot be quarantined", std::nullopt);
  handover.kept = std::chrono::steady_clock::now() - since;
  co_return handover;
}

asio::awaitable<Result<void>> Handler::hold(Parcel parcel, HoldInfo info, Keep keep) {
  HeldMessage message;
  message.parcel = std::move(parcel);
  message.keep = keep;
  message.reason = std::move(info.reason);
  if (info.verdict) message.verdict = info.verdict();
  message.authenticated = info.authenticated;
  message.since = clock_();
  message.next = message.since + back_off(0, 0.5);
  co_return co_await held_.hold(std::move(message));
}

Parcel for_those(const Parcel& parcel, const DeliveryReport& report, std::initializer_list<Fate> fates) {
  Parcel some = parcel;
  some.recipients.clear();
  for (std::size_t i = 0; i < parcel.recipients.size() && i < report.recipients.size(); ++i)
    if (std::find(fates.begin(), fates.end(), report.recipients[i].fate) != fates.end())
      some.recipients.push_back(parcel.recipients[i]);
  return some;
}

std::chrono::seconds back_off(unsigned attempts, double random) {
  constexpr std::chrono::seconds kFirst{60};
  constexpr std::chrono::seconds kLongest{3600};
  const std::chrono::seconds base = std::min(kLongest, kFirst * (1 << std::min(attempts, 10u)));
  // Jitter, so that what failed together is not tried together.
  const double part = 0.75 + 0.5 * std::clamp(random, 0.0, 1.0);
  return std::chrono::seconds(static_cast<std::int64_t>(static_cast<double>(base.count()) * part));
}

}  // namespace gateway::delivery
