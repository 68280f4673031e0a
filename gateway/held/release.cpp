#include "gateway/held/release.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <set>

#include "gateway/held/summary.h"
#include "gateway/held/telling.h"

namespace gateway::held {
namespace {

using delivery::Fate;
using journal::Audit;

// Which of the message's recipients are meant; where one of `to` is none of them, the error names those there
// are, and nobody gets it.
Result<std::vector<smtp::Recipient>> chosen(const std::vector<smtp::Recipient>& all,
                                            const std::vector<std::string>& to) {
  if (to.empty()) return all;
  const auto means = [](const std::string& text, const smtp::Recipient& one) {
    const auto address = Address::parse(text);
    return address ? address->comparable() == one.address.comparable()
                   : equal_nocase(text, one.address.text());
  };
  const auto stranger = std::ranges::find_if(to, [&](const std::string& text) {
    return std::ranges::none_of(all, [&](const smtp::Recipient& one) { return means(text, one); });
  });
  if (stranger == to.end()) {
    std::vector<smtp::Recipient> some;
    std::ranges::copy_if(all, std::back_inserter(some), [&](const smtp::Recipient& one) {
      return std::ranges::any_of(to, [&](const std::string& text) { return means(text, one); });
    });
    return some;
  }
  std::vector<std::string> names;
  for (const smtp::Recipient& one : all) names.push_back(printable(one.address.text()));
  if (names.size() > 10) {
    names.resize(10);
    names.emplace_back("…");
  }
  return Error(
      fmt::format("{} is not among those it waits for: {}", printable(*stranger), fmt::join(names, ", ")));
}

}  // namespace

asio::awaitable<void> Release::run(const ReleaseTerms& terms) {
  if (!co_await open()) co_return;
  const Result<Recipients> meant = chosen(waiting_, terms.to);
  if (!meant) {
    audit_.detail = meant.error().text();
    co_return;
  }
  delivery::ReleaseMark doubted = mark_;
  doubted.recipients = mark_.in_doubt(*meant);
  if (!doubted.recipients.empty() && !terms.again) {
    audit_.detail =
        begun_text(doubted) +
        ". Look there first; --again (on the page the box, for programs again=yes) sends it all the "
        "same";
    co_return;
  }
  co_await send(*meant);
}

// False: there is nothing to release.  What an earlier one could not put on the disk comes first.
asio::awaitable<bool> Release::open() {
  Result<delivery::HeldMessage> loaded = co_await store_.load(path_);
  if (!loaded) {
    audit_.detail = loaded.error().system_code() == ENOENT ? std::string(kGone) : loaded.error().text();
    co_return false;
  }
  message_ = *std::move(loaded);
  waiting_ = message_.parcel.recipients;
  audit_.left = waiting_.size();
  mark_ = co_await store_.release_mark(path_);
  doubtful_ = mark_.in_doubt(waiting_);
  if (!store_.is_unsettled(path_)) co_return true;
  const Result<void> settled = co_await store_.settle(path_, message_);
  if (!waiting_.empty() && settled) co_await put_doubt(doubtful_);
  if (!waiting_.empty() && !settled) {  // the mark is all that tells of those who have it
    const std::set<std::string> wait(doubtful_.begin(), doubtful_.end());
    std::ranges::copy_if(mark_.recipients, std::back_inserter(owed_),
                         [&](const std::string& one) { return !wait.contains(one); });
  }
  if (!waiting_.empty()) co_return true;
  audit_.result = "done";
  audit_.detail = kSettledNow;
  if (!settled) note_trouble(settled.error().text(), audit_);
  co_return false;
}

asio::awaitable<bool> Release::begin(const Recipients& meant) {
  delivery::ReleaseMark own{audit_.when, audit_.who, audit_.via, doubtful_};
  own.recipients.insert(own.recipients.end(), owed_.begin(), owed_.end());
  for (const smtp::Recipient& one : meant) own.recipients.push_back(one.address.text());
  const Result<void> marked = co_await store_.mark_release(path_, own);
  if (!marked) {
    std::vector<std::string> unknown = doubtful_;
    unknown.insert(unknown.end(), owed_.begin(), owed_.end());
    co_await put_doubt(std::move(unknown));
    audit_.detail = fmt::format(
        "nothing was sent, as it cannot be written down that a release begins: {}. Make room on the disk, "
        "or mend it",
        printable(marked.error().text()));
    co_return false;
  }
  mark_ = std::move(own);
  Audit begun = audit_;
  begun.result = "begun";
  for (const smtp::Recipient& one : meant) begun.recipients.push_back({one.address.text(), "begun", ""});
  record_(begun);
  co_return true;
}

asio::awaitable<void> Release::send(const Recipients& meant) {
  const auto found = mailstores_.find(message_.parcel.mailstore);
  if (found == mailstores_.end()) {
    audit_.detail = fmt::format("there is no mailstore '{}' in the configuration in force",
                                printable(message_.parcel.mailstore));
    co_return;
  }
  const std::shared_ptr<delivery::Mailstore> mailstore = found->second;
  if (!co_await begin(meant)) co_return;
  message_.parcel.recipients = meant;
  delivery::DeliveryReport report = co_await mailstore->deliver(message_.parcel);
  report.recipients.resize(meant.size());  // failed for now
  note_report(meant, report, audit_);
  conclude(audit_);
  co_await finish(meant, report);
}

asio::awaitable<void> Release::finish(const Recipients& meant, const delivery::DeliveryReport& report) {
  const std::set<std::string> doubted(doubtful_.begin(), doubtful_.end());
  Recipients left;
  std::vector<std::string> taken;
  std::vector<std::string> unknown;
  for (const smtp::Recipient& one : waiting_) {
    const std::string address = one.address.text();
    const auto at = std::ranges::find(meant, one);
    const bool asked = at != meant.end();
    const Fate fate =
        asked ? report.recipients[static_cast<std::size_t>(at - meant.begin())].fate : Fate::failed_for_now;
    if (fate == Fate::taken) {
      taken.push_back(address);
      continue;
    }
    left.push_back(one);
    if (fate == Fate::perhaps_delivered || (!asked && doubted.contains(address))) unknown.push_back(address);
  }
  audit_.left = left.size();
  const bool nobody_waits = left.empty();
  Result<void> settled;
  if (!taken.empty()) {
    message_.parcel.recipients = std::move(left);
    settled = co_await store_.settle(path_, std::move(message_));
  }
  if (!settled) {
    spdlog::error("event=held_not_{} file={} error=\"{}\"", nobody_waits ? "removed" : "rewritten",
                  path_.string(), printable(settled.error().text()));
    note_trouble(settled.error().text(), audit_);
  }
  if (settled && nobody_waits) co_return;  // the mark went with the file
  if (store_.is_unsettled(path_)) {        // after a restart it will seem that these wait
    unknown.insert(unknown.end(), taken.begin(), taken.end());
    unknown.insert(unknown.end(), owed_.begin(), owed_.end());
  }
  co_await put_doubt(std::move(unknown));
}

// What is not known, in the place of the mark that stands there.
asio::awaitable<void> Release::put_doubt(std::vector<std::string> unknown) {
  delivery::ReleaseMark rest{mark_.begun, mark_.who, mark_.via, std::move(unknown)};
  const Result<void> put = co_await store_.doubt_release(path_, std::move(rest));
  if (!put)
    spdlog::error("event=release_mark_not_written file={} error=\"{}\"", path_.string(),
                  printable(put.error().text()));
}

}  // namespace gateway::held
