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

// A record is one line whatever it holds; JSON has no line ends within, so that there is nothing to do.
void keep_on_one_line(std::string& line) {
  if (line.find('\n') != line.npos) std::replace(line.begin(), line.end(), '\n', ' ');
}

}  // namespace

Time Journal::system_time() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Journal::Journal(std::filesystem::path directory, unsigned keep_days, PlainSink plain)
    : Journal(std::move(directory), keep_days, Bounds{}, system_time, std::move(plain)) {}

Journal::Journal(std::filesystem::path directory, unsigned keep_days, Bounds bounds, Clock clock,
                 PlainSink plain)
    : bounds_(bounds),
      clock_(std::move(clock)),
      plain_(std::move(plain)),
      file_(std::move(directory), keep_days),
      thread_([this] { run(); }) {}

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

asio::awaitable<void> Journal::write(Record record) {
  keep_on_one_line(record.line);
  if (try_push(record)) co_return;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  const auto until = std::chrono::steady_clock::now() + bounds_.patience;
  while (std::chrono::steady_clock::now() < until) {
    timer.expires_after(kLookAgain);
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (try_push(record)) co_return;
  }
  const std::lock_guard lock(mutex_);
  ++counts_.dropped;
}

void Journal::post(const asio::any_io_executor& loop, Record record) {
  keep_on_one_line(record.line);
  if (!try_push(record)) asio::co_spawn(loop, write(std::move(record)), asio::detached);
}

bool Journal::try_push(Record& record) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t size = record.line.size() + record.plain.size();
    const bool full = queue_.size() >= bounds_.lines || queued_bytes_ + size > bounds_.bytes;
    if (full && !queue_.empty()) return false;
    queue_.push_back(std::move(record));
    queued_bytes_ += size;
    wake = std::exchange(idle_, false) || is_filling();
  }
  if (wake) wake_.notify_one();
  return true;
}

void Journal::run() {
  Records records;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      idle_ = queue_.empty();
      wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
      idle_ = false;
      wake_.wait_for(lock, bounds_.gather, [this] { return stop_ || is_filling(); });
      if (queue_.empty()) return;
      records.swap(queue_);
      queued_bytes_ = 0;
    }
    append(records);
    tell(records);
    records.clear();
  }
}

// All lines at once: under load one system call serves many sessions.
void Journal::append(const Records& records) {
  std::string error;
  try {
    std::string text;
    for (const Record& record : records) {
      text += record.line;
      text += '\n';
    }
    file_.append(clock_(), text);
  } catch (const std::exception& failed) {
    error = failed.what();
  }
  {
    const std::lock_guard lock(mutex_);
    (error.empty() ? counts_.written : counts_.failed) += records.size();
  }
  if (!error.empty()) complain(error);
}

// Those who want to know of each record, and the plain log.
void Journal::tell(const Records& records) try {
  std::string plain;
  for (const Record& record : records) {
    if (record.plain.empty()) continue;
    if (!plain.empty()) plain += '\n';
    plain += record.plain;
  }
  if (plain_ && !plain.empty()) plain_(plain);
  const std::lock_guard lock(listeners_mutex_);
  for (const Record& record : records)
    for (const auto& [id, listener] : listeners_) try {
        listener(record.line);
      } catch (const std::exception& failed) {
        complain(failed.what());
      }
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
