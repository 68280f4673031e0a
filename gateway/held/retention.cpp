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
  return key.substr(0, key.find('-'));
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
  std::uint64_t octets = 0;  // as far as known
  bool running = false;
  bool stopping = false;

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
                    const Path& path, const delivery::HeldMessage& message) {
    if (message.keep != delivery::Keep::quarantine) return;
    std::error_code gone;
    const std::uintmax_t size = std::filesystem::file_size(path, gone);
    asio::post(executor, [weak, size = gone ? 0 : size] {
      const std::shared_ptr<State> state = weak.lock();
      if (!state) return;
      state->octets += size;
      if (state->octets > state->terms.octets) state->timer.cancel();
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

void Retention::stop() {
  state_->stopping = true;
  state_->timer.cancel();
}

asio::awaitable<std::size_t> Retention::pass() { return pass(state_); }

asio::awaitable<void> Retention::work(std::shared_ptr<State> state) {
  while (!state->stopping) {
    try {
      co_await pass(state);
    } catch (const std::exception& error) {
      spdlog::error("event=quarantine_retention_failed error=\"{}\"", printable(error.what()));
    }
    if (state->stopping) break;
    state->timer.expires_after(kPause);
    boost::system::error_code ignored;
    co_await state->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<std::size_t> Retention::pass(std::shared_ptr<State> state) {
  const auto look = [where = state->store.directory(delivery::Keep::quarantine)] { return files_in(where); };
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
    if (!gone) {
      if (gone.error().system_code() == ENOENT)
        octets -= file.octets;  // released or deleted since
      else
        spdlog::error("event=held_not_removed file={} error=\"{}\"", file.path.string(),
                      printable(gone.error().text()));
      continue;
    }
    octets -= file.octets;
    ++removed;
    state->removed(file, too_old ? "keep_days" : "max_size");
  }
  state->octets = octets;
  co_return removed;
}

}  // namespace gateway::held
