#include "gateway/held/retention.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <vector>

namespace gateway::held {
namespace {

using delivery::Path;

constexpr std::chrono::minutes kPause{1};
constexpr std::chrono::seconds kLeastPause{1};  // a pass looks at every file

struct File {
  Path path;
  Time since{};  // when it was written: put there, or partly released
  std::uint64_t octets = 0;
};

// The oldest first; names and sizes alone.
std::vector<File> files_in(const Path& directory) {
  std::vector<File> files;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    struct stat status {};
    if (at->path().extension() != ".held" || ::lstat(at->path().c_str(), &status) != 0 ||
        !S_ISREG(status.st_mode))
      continue;
    files.push_back({at->path(), Time(std::chrono::seconds(status.st_mtime)),
                     static_cast<std::uint64_t>(status.st_size)});
  }
  std::ranges::sort(files, {}, [](const File& one) { return std::pair(one.since, one.path); });
  return files;
}

std::string id_of(const Path& path) {
  const std::string key = path.stem().string();
  return printable(key.substr(0, key.find('-')));
}

}  // namespace

struct Retention::State {
  State(asio::io_context& loop, delivery::FileHeldStore& its_store, asio::any_io_executor its_workers)
      : store(its_store), workers(std::move(its_workers)), timer(loop) {}

  delivery::FileHeldStore& store;
  asio::any_io_executor workers;
  asio::steady_timer timer;
  KeepTerms terms;
  std::string host;
  Clock clock;
  Recorder record;
  std::uint64_t octets = 0;   // that the last pass left
  std::uint64_t arrived = 0;  // since a pass last looked
  bool running = false;
  bool stopping = false;
  bool at_work = false;
  bool resting = false;  // a pass has just ended
  std::function<void()> ended;

  bool too_much() const { return arrived > 0 && octets + arrived > terms.octets; }

  void removed(const File& file, std::string_view why) const {
    const auto days = std::chrono::floor<std::chrono::days>(clock() - file.since).count();
    const std::string id = id_of(file.path);
    spdlog::info("event=quarantine_removed id={} why=quarantine.{} days={} octets={}", id, why, days,
                 file.octets);
    journal::Audit audit;
    audit.id = id;
    audit.when = clock();
    audit.host = host;
    audit.who = "postern";
    audit.via = "retention";
    audit.action = "delete";
    audit.store = "quarantine";
    audit.result = "done";
    audit.detail = "quarantine." + std::string(why);
    record(audit);
  }
};

Retention::Retention(asio::io_context& loop, delivery::FileHeldStore& store, asio::any_io_executor workers,
                     KeepTerms terms, std::string host, Clock clock, Recorder record)
    : state_(std::make_shared<State>(loop, store, std::move(workers))) {
  state_->terms = terms;
  state_->host = std::move(host);
  state_->clock = std::move(clock);
  state_->record = std::move(record);
  store.on_held([weak = std::weak_ptr(state_), executor = loop.get_executor()](
                    const Path&, const delivery::HeldMessage& message, std::uint64_t octets) {
    if (message.keep != delivery::Keep::quarantine) return;
    asio::post(executor, [weak, octets] {
      const std::shared_ptr<State> state = weak.lock();
      if (!state) return;
      state->arrived += octets;
      if (!state->resting && state->too_much()) state->timer.cancel();
    });
  });
}

Retention::~Retention() { stop(); }

void Retention::run() {
  if (state_->stopping || std::exchange(state_->running, true)) return;
  asio::co_spawn(state_->timer.get_executor(), work(state_), asio::detached);
}

void Retention::use(KeepTerms terms) {
  state_->terms = terms;
  state_->timer.cancel();
}

void Retention::stop(std::function<void()> ended) {
  state_->stopping = true;
  state_->ended = std::move(ended);
  state_->timer.cancel();
  if (!state_->running && state_->ended) std::exchange(state_->ended, nullptr)();
}

bool Retention::at_work() const { return state_->at_work; }

asio::awaitable<std::size_t> Retention::pass() { return pass(state_); }

asio::awaitable<void> Retention::work(std::shared_ptr<State> state) {
  const auto rest = [&timer = state->timer](std::chrono::seconds pause) -> asio::awaitable<void> {
    timer.expires_after(pause);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  };
  while (!state->stopping) {
    state->at_work = true;
    try {
      co_await pass(state);
    } catch (const std::exception& error) {
      spdlog::error("event=quarantine_retention_failed error=\"{}\"", printable(error.what()));
    }
    state->at_work = false;
    if (state->stopping) break;
    state->resting = true;
    co_await rest(kLeastPause);
    state->resting = false;
    if (!state->stopping && !state->too_much()) co_await rest(kPause);
  }
  state->running = false;
  if (state->ended) std::exchange(state->ended, nullptr)();
}

asio::awaitable<std::size_t> Retention::pass(std::shared_ptr<State> state) {
  const auto look = [where = state->store.directory(delivery::Keep::quarantine)] { return files_in(where); };
  state->arrived = 0;
  const std::vector<File> files = co_await delivery::off_loop(state->workers, look);
  std::uint64_t octets = 0;
  for (const File& file : files) octets += file.octets;
  const Time oldest = state->clock() - std::chrono::days(state->terms.days);
  std::size_t removed = 0;
  for (const File& file : files) {
    if (state->stopping) break;
    const bool too_old = file.since < oldest;
    if (!too_old && octets <= state->terms.octets) break;
    const auto claim = state->store.claims().try_take(file.path);
    if (!claim) continue;  // it is being released: another time, if it is still there
    const Result<void> gone = co_await state->store.remove(file.path);
    if (!gone && gone.error().system_code() == ENOENT) {  // released or deleted since
      octets -= file.octets;
      continue;
    }
    if (!gone) {
      spdlog::error("event=held_not_removed file={} error=\"{}\"", printable(file.path.string()),
                    printable(gone.error().text()));
      if (co_await state->store.is_there(file.path)) continue;
    }
    octets -= file.octets;
    ++removed;
    state->removed(file, too_old ? "keep_days" : "max_size");
  }
  state->octets = octets;
  co_return removed;
}

}  // namespace gateway::held
