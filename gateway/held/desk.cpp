#include "gateway/held/desk.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <exception>

#include "gateway/held/telling.h"
#include "policy/diagnostic.h"

namespace gateway::held {
namespace {

using delivery::Claims;
using delivery::HeldMessage;
using delivery::Keep;
using delivery::Path;
using journal::Audit;

constexpr std::string_view kStopping = "the gateway is stopping";

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
    none.detail = state->stopping ? std::string(kStopping) : no_message(keep);
    outcome.push_back(std::move(none));
    co_return outcome;
  }
  for (const Path& path : files) {
    Audit audit = state->begin(id, action, keep, person);
    try {
      co_await work(path, audit);
    } catch (const std::exception& bug) {
      if (audit.result == "done") audit.result = "partly";
      audit.detail = bug.what();
    }
    audit.when = state->clock();
    state->note(audit);
    outcome.push_back(std::move(audit));
  }
  co_return outcome;
}

template <class State>
asio::awaitable<void> release_one(std::shared_ptr<State> state, Path path, ReleaseTerms terms, Audit& audit) {
  const Claims::Claim claim = co_await state->store.claims().take(path);
  if (state->stopping) {
    audit.detail = kStopping;
    co_return;
  }
  Release release(state->store, state->mailstores, path, audit,
                  [state](const Audit& begun) { state->note(begun); });
  co_await release.run(terms);
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
  audit.result = "done";
  if (removed) co_return;
  audit.detail = removed.error().text();
  const bool is_there = co_await state->store.is_there(path);
  audit.result = is_there ? "failed" : "partly";  // gone, but for a crash
  if (is_there) audit.recipients.clear();
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

asio::awaitable<Outcome> Desk::release(std::string id, ReleaseTerms terms, Person person) {
  const auto state = state_;
  const auto work = [state, terms = std::move(terms)](Path path, Audit& audit) {
    return release_one(state, std::move(path), terms, audit);
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
