#include "gateway/journal/journal.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>

namespace gateway::journal {
namespace {

constexpr std::chrono::milliseconds kLookAgain{5};
constexpr std::chrono::minutes kComplain{1};

Time system_time() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

}  // namespace

Journal::Journal(std::filesystem::path directory, unsigned keep_days)
    : Journal(std::move(directory), keep_days, Bounds{}, system_time) {}

Journal::Journal(std::filesystem::path directory, unsigned keep_days, Bounds bounds, Clock clock)
    : bounds_(bounds),
      clock_(std::move(clock)),
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

asio::awaitable<void> Journal::write(std::string line) {
  std::replace(line.begin(), line.end(), '\n', ' ');
  line += '\n';
  if (try_push(line)) co_return;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  const auto until = std::chrono::steady_clock::now() + bounds_.patience;
  while (std::chrono::steady_clock::now() < until) {
    timer.expires_after(kLookAgain);
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (try_push(line)) co_return;
  }
  const std::lock_guard lock(mutex_);
  ++counts_.dropped;
}

bool Journal::try_push(std::string& line) {
  {
    const std::lock_guard lock(mutex_);
    const bool full = queue_.size() >= bounds_.lines || queued_bytes_ + line.size() > bounds_.bytes;
    if (full && !queue_.empty()) return false;
    const std::size_t size = line.size();
    queue_.push_back(std::move(line));
    queued_bytes_ += size;
  }
  wake_.notify_one();
  return true;
}

void Journal::run() {
  std::deque<std::string> lines;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
      if (queue_.empty()) return;
      lines.swap(queue_);
      queued_bytes_ = 0;
    }
    append(lines);
    tell(lines);
    lines.clear();
  }
}

// All lines at once: under load one system call serves many sessions.
void Journal::append(const std::deque<std::string>& lines) {
  std::string error;
  try {
    std::string text;
    for (const std::string& line : lines) text += line;
    file_.append(clock_(), text);
  } catch (const std::exception& failed) {
    error = failed.what();
  }
  {
    const std::lock_guard lock(mutex_);
    (error.empty() ? counts_.written : counts_.failed) += lines.size();
  }
  if (!error.empty()) complain(error);
}

void Journal::tell(const std::deque<std::string>& lines) {
  const std::lock_guard lock(listeners_mutex_);
  for (const std::string& line : lines)
    for (const auto& [id, listener] : listeners_) try {
        listener(line.substr(0, line.size() - 1));
      } catch (const std::exception& failed) {
        complain(failed.what());
      }
}

void Journal::complain(const std::string& error) {
  const auto now = std::chrono::steady_clock::now();
  if (complained_ != std::chrono::steady_clock::time_point{} && now - complained_ < kComplain) return;
  complained_ = now;
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
