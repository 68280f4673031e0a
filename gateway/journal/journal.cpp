#include "gateway/journal/journal.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <utility>

namespace gateway::journal {
namespace {

constexpr std::chrono::milliseconds kLookAgain{5};

}  // namespace

Time Journal::system_time() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Journal::Journal(std::filesystem::path directory, Keep keep, PlainSink plain)
    : Journal(std::move(directory), keep, Bounds{}, system_time, std::move(plain)) {}

Journal::Journal(std::filesystem::path directory, Keep keep, Bounds bounds, Clock clock, PlainSink plain)
    : bounds_(bounds),
      clock_(std::move(clock)),
      plain_(std::move(plain)),
      file_(std::move(directory), keep),
      thread_([this] { run(); }) {}

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Journal::post(const asio::any_io_executor& loop, const Record& record) {
  if (try_push(record)) return;
  asio::co_spawn(loop, wait_for_room(std::string(record.line), std::string(record.plain)), asio::detached);
}

asio::awaitable<void> Journal::wait_for_room(std::string line, std::string plain) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const auto until = std::chrono::steady_clock::now() + bounds_.patience;
  while (std::chrono::steady_clock::now() < until) {
    timer.expires_after(kLookAgain);
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (try_push({line, plain})) co_return;
  }
  const std::lock_guard lock(mutex_);
  ++counts_.dropped;
}

bool Journal::try_push(const Record& record) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t size = record.line.size() + record.plain.size();
    const bool full = queue_.records() >= bounds_.lines || queue_.octets() + size > bounds_.bytes;
    if (full && !queue_.empty()) return false;
    queue_.add(record.line, record.plain);
    wake = std::exchange(idle_, false) || is_filling();
  }
  if (wake) wake_.notify_one();
  return true;
}

void Journal::run() {
  Batch batch;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      idle_ = queue_.empty();
      wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
      idle_ = false;
      wake_.wait_for(lock, bounds_.gather, [this] { return stop_ || is_filling(); });
      if (queue_.empty()) return;
      std::swap(batch, queue_);
    }
    append(batch);
    tell(batch);
    batch.clear();
  }
}

// All lines at once: under load one system call serves many sessions.
void Journal::append(const Batch& batch) {
  std::string error;
  try {
    file_.append(clock_(), batch.lines());
  } catch (const std::exception& failed) {
    error = failed.what();
  }
  {
    const std::lock_guard lock(mutex_);
    (error.empty() ? counts_.written : counts_.failed) += batch.records();
  }
  if (!error.empty()) complain(error);
}

// Those who want to know of each record, and the plain log.
void Journal::tell(const Batch& batch) try {
  if (plain_ && !batch.plain().empty()) plain_(batch.plain());
  const std::lock_guard lock(listeners_mutex_);
  batch.for_each([this](std::string_view line) {
    for (const auto& [id, listener] : listeners_) try {
        listener(line);
      } catch (const std::exception& failed) {
        complain(failed.what());
      }
  });
} catch (const std::exception& failed) {
  complain(failed.what());
}

void Journal::complain(const std::string& error) {
  if (!complaint_.due()) return;
  const Counts counts = this->counts();
  spdlog::error("event=journal_failed failed={} dropped={} error=\"{}\"", counts.failed, counts.dropped,
                printable(error));
}

unsigned Journal::on_record(Listener listener) {
  const std::lock_guard lock(listeners_mutex_);
  listeners_.emplace(++last_listener_, std::move(listener));
  return last_listener_;
}

void Journal::forget(unsigned listener) {
  const std::lock_guard lock(listeners_mutex_);
  listeners_.erase(listener);
}

Journal::Counts Journal::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace gateway::journal
