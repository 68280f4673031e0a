#include "gateway/held/desk.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <set>

#include "gateway/delivery/deliver_or_hold.h"
#include "policy/diagnostic.h"

namespace gateway::held {
namespace {

using delivery::Claims;
using delivery::Fate;
using delivery::HeldMessage;
using delivery::Keep;
using delivery::Path;
using journal::Audit;

constexpr std::string_view kGone =
    "it is not there any more: somebody else has released or deleted it meanwhile";

constexpr std::string_view kSettledNow =
    "nobody waited for it any more: its copies had been delivered before, and now its file is removed";

// "550 5.1.1 nobody is there": as the mailstore said it, else what went wrong.
std::string reply_of(const delivery::Delivered& copy) {
  std::string reply;
  if (copy.code != 0) reply = std::to_string(copy.code);
  if (!copy.enhanced.empty()) reply += (reply.empty() ? "" : " ") + copy.enhanced;
  if (!copy.text.empty()) reply += (reply.empty() ? "" : " ") + copy.text;
  return reply;
}

void note_report(const std::vector<smtp::Recipient>& recipients, const delivery::DeliveryReport& report,
                 Audit& audit) {
  audit.server = report.server;
  audit.queue_id = report.queue_id;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    const delivery::Delivered copy =
        i < report.recipients.size() ? report.recipients[i] : delivery::Delivered();
    std::string reply = reply_of(copy);
    if (reply.empty()) reply = report.detail;
    audit.recipients.push_back(
        {recipients[i].address.text(), std::string(delivery::name(copy.fate)), std::move(reply)});
  }
}

std::size_t count(const Audit& audit, Fate fate) {
  return static_cast<std::size_t>(std::ranges::count(audit.recipients, std::string(delivery::name(fate)),
                                                     &journal::AuditedRecipient::fate));
}

// The disk did not take what was done.  As long as the gateway runs nothing goes out twice all the same.
void note_trouble(const std::string& trouble, Audit& audit) {
  if (trouble.empty()) return;
  if (audit.result == "done") audit.result = "partly";
  if (audit.left > 0)
    audit.detail = fmt::format(
        "who has got his copy cannot be written down: {}. Make room on the disk before the gateway is "
        "restarted, or they get it once more",
        printable(trouble));
  else
    audit.detail = fmt::format(
        "nobody waits for it any more, but its file cannot be removed: {}. Mend the disk, or remove the file "
        "before the gateway is restarted, or it goes out once more",
        printable(trouble));
}

// "done" is only said where the mailstore took it.
void conclude(Audit& audit) {
  const std::size_t taken = count(audit, Fate::taken);
  audit.result = taken == audit.recipients.size() ? "done" : taken > 0 ? "partly" : "failed";
  if (audit.result == "done") return;
  const std::size_t perhaps = count(audit, Fate::perhaps_delivered);
  audit.detail = perhaps > 0
                     ? "the connection was lost before the mailstore's answer came: look there before "
                       "you release it again"
                     : "";
}

}  // namespace

// Kept by the coroutines: one under way may outlive the Desk.
struct Desk::State {
  State(asio::io_context& its_loop, delivery::FileHeldStore& its_store, delivery::Retrier& its_retrier)
      : loop(its_loop), store(its_store), retrier(its_retrier) {}

  asio::io_context& loop;
  delivery::FileHeldStore& store;
  delivery::Retrier& retrier;
  delivery::Mailstores mailstores;
  std::string host;
  Clock clock;
  Recorder record;
  std::set<Path> delivered;  // whose file could not be removed: never again
  std::size_t working = 0;
  bool stopping = false;
  std::function<void()> ended;

  void conclude_work() {
    if (--working == 0 && stopping && ended) std::exchange(ended, nullptr)();
  }

  Audit begin(const std::string& id, std::string_view action, Keep keep, const Person& person) const {
    Audit audit;
    audit.id = id;
    audit.when = clock();
    audit.host = host;
    audit.who = person.who;
    audit.via = person.via;
    audit.action = action;
    audit.store = keep == Keep::retry ? "retry" : "quarantine";
    audit.result = "failed";
    return audit;
  }

  // The log and the journal; what fails there must not hide what was done.
  void note(const Audit& audit) const try {
    spdlog::info(
        "event=audit action={} id={} who=\"{}\" via={} result={} store={} left={} server={} said=\"{}\"",
        audit.action, audit.id, printable(audit.who), audit.via, audit.result, audit.store, audit.left,
        audit.server, printable(audit.recipients.empty() ? audit.detail : audit.recipients.front().reply));
    record(audit);
  } catch (const std::exception& error) {
    spdlog::error("event=audit_failed id={} error=\"{}\"", audit.id, printable(error.what()));
  }
};

namespace {

template <class State>
class Working {  // as long as it lives the server waits with its end
 public:
  explicit Working(std::shared_ptr<State> state) : state_(std::move(state)) { ++state_->working; }
  ~Working() { state_->conclude_work(); }
  Working(const Working&) = delete;
  Working& operator=(const Working&) = delete;

 private:
  std::shared_ptr<State> state_;
};

std::string no_message(Keep keep) {
  return keep == Keep::retry ? "no message with this id waits for its mailstore"
                             : "no message with this id is in quarantine";
}

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

Desk::Desk(asio::io_context& loop, delivery::FileHeldStore& store, delivery::Retrier& retrier,
           delivery::Mailstores mailstores, std::string host, Clock clock, Recorder record)
    : state_(std::make_shared<State>(loop, store, retrier)) {
  state_->mailstores = std::move(mailstores);
  state_->host = std::move(host);
  state_->clock = std::move(clock);
  state_->record = std::move(record);
}

// The mailstores' connections must not outlive the loops that they are on.
Desk::~Desk() {
  state_->stopping = true;
  state_->mailstores.clear();
  state_->ended = nullptr;
}

void Desk::use(delivery::Mailstores mailstores) { state_->mailstores = std::move(mailstores); }

bool Desk::at_work() const { return state_->working > 0; }

void Desk::stop(std::function<void()> ended) {
  state_->stopping = true;
  state_->ended = std::move(ended);
  if (state_->working == 0 && state_->ended) std::exchange(state_->ended, nullptr)();
}

namespace {

// Everything that is done to each message of a transaction has this form.
template <class State, class Work>
asio::awaitable<Outcome> each(std::shared_ptr<State> state, std::string id, std::string_view action,
                              Keep keep, Person person, Work work) {
  const Working<State> working(state);
  Outcome outcome;
  const std::vector<Path> files = co_await state->store.find(keep, id);
  if (state->stopping || files.empty()) {
    Audit none = state->begin(id, action, keep, person);
    none.detail = state->stopping ? "the gateway is stopping" : no_message(keep);
    outcome.push_back(std::move(none));
    co_return outcome;
  }
  for (const Path& path : files) {
    Audit audit = state->begin(id, action, keep, person);
    try {
      co_await work(path, audit);
    } catch (const std::exception& bug) {
      audit.detail = bug.what();
    }
    state->note(audit);
    outcome.push_back(std::move(audit));
  }
  co_return outcome;
}

template <class State>
asio::awaitable<void> release_one(std::shared_ptr<State> state, Path path, std::vector<std::string> to,
                                  Audit& audit) {
  const Claims::Claim claim = co_await state->store.claims().take(path);
  if (state->delivered.contains(path)) {
    audit.detail = "it was released before, but its file cannot be removed: " + path.string();
    co_return;
  }
  Result<HeldMessage> loaded = co_await state->store.load(path);
  if (!loaded) {
    audit.detail = loaded.error().system_code() == ENOENT ? std::string(kGone) : loaded.error().text();
    co_return;
  }
  HeldMessage message = *std::move(loaded);
  const std::vector<smtp::Recipient> waiting = message.parcel.recipients;
  audit.left = waiting.size();
  const Result<std::vector<smtp::Recipient>> meant = chosen(waiting, to);
  if (!meant) {
    audit.detail = meant.error().text();
    co_return;
  }
  const auto found = state->mailstores.find(message.parcel.mailstore);
  if (found == state->mailstores.end()) {
    audit.detail = fmt::format("there is no mailstore '{}' in the configuration in force",
                               printable(message.parcel.mailstore));
    co_return;
  }
  const std::shared_ptr<delivery::Mailstore> mailstore = found->second;
  message.parcel.recipients = *meant;
  delivery::DeliveryReport report = co_await mailstore->deliver(message.parcel);
  report.recipients.resize(meant->size());  // failed for now
  note_report(*meant, report, audit);
  conclude(audit);
  if (audit.result == "failed") co_return;

  std::vector<smtp::Recipient> left;
  for (const smtp::Recipient& one : waiting) {
    const auto at = std::ranges::find(*meant, one);
    const bool taken = at != meant->end() &&
                       report.recipients[static_cast<std::size_t>(at - meant->begin())].fate == Fate::taken;
    if (!taken) left.push_back(one);
  }
  audit.left = left.size();
  message.parcel.recipients = left;
  Result<void> kept;
  if (left.empty())
    kept = co_await state->store.remove(path);
  else
    kept = co_await state->store.rewrite(path, std::move(message));
  if (kept) co_return;
  // It must not go out twice; who looks at the disk decides what is to become of the file.
  state->delivered.insert(path);
  spdlog::error("event=held_not_removed file={} error=\"{}\"", path.string(), printable(kept.error().text()));
  if (audit.result == "done") audit.result = "partly";
  audit.detail = fmt::format(
      "the mailstore took it, but {} cannot be {}: {}; see to the disk and remove the file, as after a "
      "restart it could go out again",
      path.string(), left.empty() ? "removed" : "rewritten", kept.error().text());
}

template <class State>
asio::awaitable<void> remove_one(std::shared_ptr<State> state, Path path, Audit& audit) {
  const Claims::Claim claim = co_await state->store.claims().take(path);
  const Result<HeldMessage> loaded = co_await state->store.load(path);
  if (!loaded && loaded.error().system_code() == ENOENT) {
    audit.detail = kGone;
    co_return;
  }
  if (loaded)  // a damaged one can be deleted, too
    for (const smtp::Recipient& one : loaded->parcel.recipients)
      audit.recipients.push_back({one.address.text(), "deleted", ""});
  const Result<void> removed = co_await state->store.remove(path);
  if (!removed) {
    audit.detail = removed.error().text();
    co_return;
  }
  audit.result = "done";
}

void note_attempt(const Result<delivery::Retrier::Attempt>& attempt, Audit& audit) {
  if (!attempt) {
    audit.detail = attempt.error().system_code() == ENOENT ? std::string(kGone) : attempt.error().text();
    return;
  }
  note_report(attempt->recipients, attempt->report, audit);
  conclude(audit);
  audit.left = attempt->left;
  if (attempt->given_up > 0)
    audit.detail = fmt::format("for {} of them it is in quarantine now, as undeliverable", attempt->given_up);
  if (attempt->settled_only) audit.detail = kSettledNow;
  note_trouble(attempt->trouble, audit);
}

}  // namespace

asio::awaitable<Outcome> Desk::release(std::string id, std::vector<std::string> to, Person person) {
  const auto state = state_;
  const auto work = [state, to = std::move(to)](Path path, Audit& audit) {
    return release_one(state, std::move(path), to, audit);
  };
  co_return co_await each(state, std::move(id), "release", Keep::quarantine, std::move(person), work);
}

asio::awaitable<Outcome> Desk::remove(std::string id, Person person) {
  const auto state = state_;
  const auto work = [state](Path path, Audit& audit) { return remove_one(state, std::move(path), audit); };
  co_return co_await each(state, std::move(id), "delete", Keep::quarantine, std::move(person), work);
}

asio::awaitable<Outcome> Desk::retry(std::string id, Person person) {
  const auto state = state_;
  const auto work = [state](Path path, Audit& audit) -> asio::awaitable<void> {
    const auto attempt = co_await state->retrier.attempt_now(std::move(path));
    note_attempt(attempt, audit);
  };
  co_return co_await each(state, std::move(id), "retry", Keep::retry, std::move(person), work);
}

asio::awaitable<Outcome> Desk::fail(std::string id, Person person) {
  const auto state = state_;
  const auto work = [state](Path path, Audit& audit) -> asio::awaitable<void> {
    const auto given_up = co_await state->retrier.give_up_now(std::move(path));
    if (!given_up) {
      note_attempt(given_up, audit);
      co_return;
    }
    for (const smtp::Recipient& one : given_up->recipients)
      audit.recipients.push_back({one.address.text(), "quarantined", ""});
    audit.result = "done";
    audit.detail = given_up->settled_only ? kSettledNow : "in quarantine now, as undeliverable";
    note_trouble(given_up->trouble, audit);
  };
  co_return co_await each(state, std::move(id), "fail", Keep::retry, std::move(person), work);
}

asio::awaitable<Desk::Reading> Desk::read(std::string id, Keep keep, Person person) {
  const auto state = state_;
  const Working<State> working(state);
  Reading reading{.files = co_await state->store.find(keep, id), .keep = keep};
  if (!reading.files.empty()) {
    Audit audit = state->begin(id, "read", keep, person);
    audit.result = "done";
    state->note(audit);
  }
  co_return reading;
}

}  // namespace gateway::held
