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
constexpr std::chrono::seconds kCalm{1};  // without a loss, and a gap is over

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
      file_(directory, keep),
      untold_(std::move(directory)),
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
  lose(&Gap::dropped, 1, {});
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
  if (const auto left = untold_.left()) {
    const std::lock_guard lock(mutex_);
    gap_ = *left;
  }
  Batch batch;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      idle_ = queue_.empty();
      const auto is_called = [this] { return stop_ || !queue_.empty(); };
      if (gap_.lost() > 0)  // nobody else may come to tell of it
        wake_.wait_for(lock, kCalm, is_called);
      else
        wake_.wait(lock, is_called);
      idle_ = false;
      if (!queue_.empty()) wake_.wait_for(lock, bounds_.gather, [this] { return stop_ || is_filling(); });
      std::swap(batch, queue_);
    }
    tell_gap();
    if (batch.empty()) {
      const std::lock_guard lock(mutex_);
      if (stop_ && queue_.empty()) return;
      continue;
    }
    append(batch);
    keep_gap();
    tell(batch);
    batch.clear();
  }
}

// All lines at once: under load one system call serves many sessions.
void Journal::append(const Batch& batch) {
  std::string error;
  std::size_t written = batch.records();
  try {
    file_.append(clock_(), batch.lines());
    untold_.make_room();
  } catch (const std::exception& failed) {
    error = failed.what();
    written = batch.records_in(file_.taken());
    refused_octets_ = batch.lines().size();
  }
  {
    const std::lock_guard lock(mutex_);
    counts_.written += written;
    counts_.failed += batch.records() - written;
    if (!error.empty()) lose(&Gap::failed, batch.records() - written, error);
  }
  if (!error.empty()) complain(error);
}

void Journal::lose(std::uint64_t Gap::*how, std::uint64_t records, std::string_view why) {
  if (records == 0) return;
  gap_.until = clock_();
  if (gap_.lost() == 0) gap_.since = gap_.until;
  gap_.*how += records;
  if (!why.empty()) gap_.why = why;
}

bool Journal::gap_is_over() const {
  return make_id_ && gap_.lost() > 0 && (stop_ || clock_() - gap_.until >= kCalm);
}

// What is missing is said where it is missing, as soon as there is room for that.
void Journal::tell_gap() {
  Gap gap;
  {
    const std::lock_guard lock(mutex_);
    if (!gap_is_over()) return;
    // A full disk may have room for this line alone: that is not the end of it.
    if (!stop_ && refused_octets_ > 0 && file_.room().value_or(refused_octets_) < refused_octets_) return;
    gap = std::exchange(gap_, Gap());
    gap.id = make_id_();
  }
  gap.when = clock_();
  try {
    file_.append(gap.when, encode_gap(gap) + "\n");
  } catch (const std::exception& failed) {
    complain(failed.what());
    const std::lock_guard lock(mutex_);
    gap_.since = gap.since;
    gap_.until = std::max(gap_.until, gap.until);
    gap_.failed += gap.failed;
    gap_.dropped += gap.dropped;
    if (gap_.why.empty()) gap_.why = gap.why;
    return;
  }
  refused_octets_ = 0;
  untold_.clear();
  spdlog::warn("event=journal_back lost={} failed={} dropped={} since={} until={} why=\"{}\"", gap.lost(),
               gap.failed, gap.dropped, to_text(Value(gap.since)), to_text(Value(gap.until)),
               printable(gap.why));
}

// Whatever ends this process, the next one tells of it.
void Journal::keep_gap() {
  Gap gap;
  {
    const std::lock_guard lock(mutex_);
    if (gap_.lost() == 0) return;
    gap = gap_;
  }
  untold_.keep(gap);
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

void Journal::tell_gaps(std::function<std::string()> make_id) {
  const std::lock_guard lock(mutex_);
  make_id_ = std::move(make_id);
}

Journal::Counts Journal::counts() const {
  const std::lock_guard lock(mutex_);
  Counts counts = counts_;
  counts.queued = queue_.records();
  counts.untold = gap_.lost();
  return counts;
}

}  // namespace gateway::journal
