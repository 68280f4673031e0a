#include "gateway/delivery/retrier.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <exception>
#include <set>

#include "gateway/delivery/deliver_or_hold.h"

namespace gateway::delivery {
namespace {

constexpr std::chrono::hours kGiveUpAfter{5 * 24};
constexpr std::chrono::seconds kLongestSleep{60};  // the wall clock may be set meanwhile

}  // namespace

// Kept by the coroutines: one under way may outlive the Retrier.
struct Retrier::State {
  State(asio::io_context& its_loop, FileHeldStore& its_store) : store(its_store), timer(its_loop) {}

  FileHeldStore& store;
  Mailstores mailstores;
  Clock clock;
  Random random;
  asio::steady_timer timer;
  std::set<std::pair<Time, Path>> due;     // by time
  std::map<Path, Time> next;               // of each message waiting
  std::map<std::string, Time> down_until;  // mailstores that did not answer
  bool running = false;
  bool stopping = false;
  bool at_work = false;
  std::function<void()> ended;

  void schedule(const Path& path, Time when) {
    forget(path);
    due.emplace(when, path);
    next.emplace(path, when);
  }
  void forget(const Path& path) {
    const auto found = next.find(path);
    if (found == next.end()) return;
    due.erase({found->second, path});
    next.erase(found);
  }
};

Retrier::Retrier(asio::io_context& loop, FileHeldStore& store, Mailstores mailstores, Clock clock,
                 Random random)
    : state_(std::make_shared<State>(loop, store)) {
  state_->mailstores = std::move(mailstores);
  state_->clock = std::move(clock);
  state_->random = std::move(random);
  store.on_held([weak = std::weak_ptr(state_), executor = loop.get_executor()](
                    const Path& path, const HeldMessage& message, std::uint64_t /*octets*/) {
    if (message.keep != Keep::retry) return;
    asio::post(executor, [weak, path, next = message.next] {
      const std::shared_ptr<State> state = weak.lock();
      if (!state || state->stopping) return;
      state->schedule(path, next);
      state->timer.cancel();
    });
  });
}

// The mailstores' connections must not outlive the loops that they are on.
Retrier::~Retrier() {
  state_->stopping = true;
  state_->mailstores.clear();
  state_->ended = nullptr;
}

void Retrier::run() {
  if (state_->stopping || std::exchange(state_->running, true)) return;
  asio::co_spawn(state_->timer.get_executor(), work(state_), asio::detached);
}

void Retrier::stop(std::function<void()> ended) {
  state_->stopping = true;
  state_->ended = std::move(ended);
  state_->timer.cancel();
  if (!state_->running && state_->ended) std::exchange(state_->ended, nullptr)();
}

void Retrier::use(Mailstores mailstores) {
  state_->mailstores = std::move(mailstores);
  state_->down_until.clear();
}

bool Retrier::at_work() const { return state_->at_work; }

std::size_t Retrier::waiting() const { return state_->next.size(); }
asio::awaitable<std::size_t> Retrier::scan() { return scan(state_); }
asio::awaitable<std::size_t> Retrier::pass() { return pass(state_); }

asio::awaitable<void> Retrier::work(std::shared_ptr<State> state) {
  state->at_work = true;
  co_await scan(state);
  while (!state->stopping) {
    state->at_work = true;
    co_await pass(state);
    state->at_work = false;
    if (state->stopping) break;
    std::chrono::seconds sleep = kLongestSleep;
    if (!state->due.empty())
      sleep = std::clamp(std::chrono::seconds(state->due.begin()->first - state->clock()),
                         std::chrono::seconds(1), kLongestSleep);
    state->timer.expires_after(sleep);
    boost::system::error_code ignored;
    co_await state->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  state->at_work = state->running = false;
  if (state->ended) std::exchange(state->ended, nullptr)();
}

asio::awaitable<std::size_t> Retrier::scan(std::shared_ptr<State> state) {
  const std::vector<HeldEntry> found = co_await state->store.scan(Keep::retry);
  for (const HeldEntry& entry : found)
    if (!state->next.contains(entry.path)) state->schedule(entry.path, entry.message.next);
  // What could not be read now is looked at once more: then it is damaged, or the disk has recovered.
  for (const HeldName& name : co_await state->store.names(Keep::retry))
    if (!state->next.contains(name.path))
      state->schedule(name.path, state->clock() + back_off(0, state->random()));
  co_return state->next.size();
}

asio::awaitable<std::size_t> Retrier::pass(std::shared_ptr<State> state) {
  std::vector<Path> paths;
  const Time now = state->clock();
  for (const auto& [when, path] : state->due) {
    if (when > now) break;
    paths.push_back(path);
  }
  std::size_t attempts = 0;
  for (const Path& path : paths) {
    if (state->stopping) break;
    if (!state->next.contains(path)) continue;  // somebody was at it while others were tried
    ++attempts;
    try {
      const std::optional<Claims::Claim> claim = state->store.claims().try_take(path);
      if (claim)
        static_cast<void>(co_await attempt(state, path, false));
      else  // somebody is at it, and knows what is to come
        state->schedule(path, state->clock() + back_off(0, state->random()));
    } catch (const std::exception& bug) {
      spdlog::error("event=retry_failed file={} error=\"{}\"", path.string(), printable(bug.what()));
      state->schedule(path, state->clock() + back_off(6, state->random()));
    }
  }
  co_return attempts;
}

asio::awaitable<Result<Retrier::Attempt>> Retrier::attempt_now(Path path) {
  return attempt_now(state_, std::move(path));
}

asio::awaitable<Result<Retrier::Attempt>> Retrier::attempt_now(std::shared_ptr<State> state, Path path) {
  const Claims::Claim claim = co_await state->store.claims().take(path);
  co_return co_await attempt(state, path, true);
}

asio::awaitable<Result<Retrier::Attempt>> Retrier::give_up_now(Path path) {
  return give_up_now(state_, std::move(path));
}

asio::awaitable<Result<Retrier::Attempt>> Retrier::give_up_now(std::shared_ptr<State> state, Path path) {
  const Claims::Claim claim = co_await state->store.claims().take(path);
  Result<HeldMessage> loaded = co_await state->store.load(path);
  if (!loaded) co_return loaded.error();
  Attempt done;
  done.recipients = loaded->parcel.recipients;
  done.given_up = done.recipients.size();
  Parcel parcel = loaded->parcel;
  HeldMessage message = *std::move(loaded);
  done.settled_only = done.recipients.empty();
  const bool safe = done.settled_only || co_await give_up(state, message, std::move(parcel));
  if (!safe) co_return Error("it cannot be written to quarantine; the log says why");
  message.parcel.recipients.clear();
  const Result<void> removed = co_await settle(state, path, std::move(message));
  if (!removed) done.trouble = removed.error().text();
  co_return done;
}

// The caller has the claim.
asio::awaitable<Result<Retrier::Attempt>> Retrier::attempt(std::shared_ptr<State> state, Path path,
                                                           bool asked) {
  Result<HeldMessage> loaded = co_await state->store.load(path);
  if (!loaded) {
    const int code = loaded.error().system_code();
    state->forget(path);
    if (code != ENOENT)  // damaged: it stays for people to look at
      spdlog::error("event=retry_unreadable file={} error=\"{}\"", path.string(),
                    printable(loaded.error().text()));
    // No descriptors, a disk that fails: nothing is wrong with the message.
    if (code != ENOENT && code != 0) state->schedule(path, state->clock() + back_off(3, state->random()));
    co_return loaded.error();
  }
  HeldMessage message = *std::move(loaded);
  if (state->store.is_unsettled(path)) {  // first of all: what a crash must not forget
    Attempt only{.settled_only = true};
    const bool nobody_waits = message.parcel.recipients.empty();
    HeldMessage noted = message;
    if (nobody_waits) ++noted.attempts;
    const Result<void> settled = co_await settle(state, path, std::move(noted));
    if (!settled) only.trouble = settled.error().text();
    if (nobody_waits) co_return only;
  }
  const std::string id = message.parcel.id;
  const std::string store_name = message.parcel.mailstore;
  const std::chrono::seconds pause = back_off(message.attempts + 1, state->random());

  const auto found = state->mailstores.find(store_name);
  const auto down = state->down_until.find(store_name);
  const bool is_down = !asked && down != state->down_until.end() && state->clock() < down->second;
  DeliveryReport report;
  report.detail = is_down ? "still unreachable" : "there is no such mailstore";
  if (found != state->mailstores.end() && !is_down) {
    const std::shared_ptr<Mailstore> mailstore = found->second;
    report = co_await mailstore->deliver(message.parcel);
    // The others that wait for this one need not each wait for its silence.
    if (report.unreachable) state->down_until[store_name] = state->clock() + back_off(0, 0.5);
    if (!report.unreachable) state->down_until.erase(store_name);
  }
  report.recipients.resize(message.parcel.recipients.size());  // failed for now
  Attempt done{.recipients = message.parcel.recipients, .report = report};
  const Time now = state->clock();
  spdlog::info("event=retry id={} mailstore={} server={} attempt={} result=\"{}\"", id, printable(store_name),
               report.server, message.attempts + 1, printable(report.detail));
  if (report.refuses_us)
    spdlog::error("event=mailstore_refuses_us id={} mailstore={} server={} said=\"{}\"", id, store_name,
                  report.server, printable(report.detail));

  // A copy perhaps delivered is tried again: twice is better than never.
  Parcel later = for_those(message.parcel, report, {Fate::failed_for_now, Fate::perhaps_delivered});
  Parcel never = for_those(message.parcel, report, {Fate::failed_for_good});
  const bool too_old = now - message.since >= kGiveUpAfter;
  if (too_old) {
    never.recipients.insert(never.recipients.end(), later.recipients.begin(), later.recipients.end());
    later.recipients.clear();
  }
  bool unsafe = false;
  if (!never.recipients.empty()) {
    const std::vector<smtp::Recipient> given_up = never.recipients;
    unsafe = !co_await give_up(state, message, std::move(never));
    if (unsafe) later.recipients.insert(later.recipients.end(), given_up.begin(), given_up.end());
    done.given_up = unsafe ? 0 : given_up.size();
  }
  done.left = later.recipients.size();
  message.parcel.recipients = std::move(later.recipients);
  ++message.attempts;
  // The last attempt comes at the end of the time, not an hour behind it.
  message.next = too_old ? now + pause : std::min(now + pause, message.since + kGiveUpAfter);
  const Result<void> settled = co_await settle(state, path, std::move(message));
  if (!settled) done.trouble = settled.error().text();
  co_return done;
}

// Writes down who waits on, and until when.  A file that cannot be removed is no message any more, but comes
// again until it is gone.
asio::awaitable<Result<void>> Retrier::settle(std::shared_ptr<State> state, Path path, HeldMessage message) {
  const bool nobody_waits = message.parcel.recipients.empty();
  const std::chrono::seconds pause = back_off(message.attempts, state->random());
  if (nobody_waits)
    state->forget(path);
  else
    state->schedule(path, message.next);
  Result<void> settled = co_await state->store.settle(path, std::move(message));
  if (!settled) {
    spdlog::error("event={} file={} error=\"{}\"", nobody_waits ? "held_not_removed" : "held_not_rewritten",
                  path.string(), printable(settled.error().text()));
    if (nobody_waits) state->schedule(path, state->clock() + pause);
  }
  co_return settled;
}

// True when it is safe in quarantine.
asio::awaitable<bool> Retrier::give_up(std::shared_ptr<State> state, HeldMessage message, Parcel parcel) {
  const std::string id = parcel.id;
  message.parcel = std::move(parcel);
  message.keep = Keep::quarantine;
  message.reason = "undeliverable";
  const Result<void> held = co_await state->store.hold(std::move(message));
  spdlog::warn("event=undeliverable id={} quarantined={}", id, held ? "yes" : "not yet");
  co_return held.has_value();
}

}  // namespace gateway::delivery
