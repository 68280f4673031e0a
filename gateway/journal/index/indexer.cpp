#include "gateway/journal/index/indexer.h"

#include <pthread.h>
#include <sched.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <set>

#include "gateway/journal/index/day_index.h"
#include "gateway/journal/index/line_reader.h"

namespace gateway::journal::index {
namespace {

constexpr std::chrono::minutes kLag{1};

std::optional<std::pair<std::uint64_t, std::uint64_t>> size_and_inode(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  return std::pair(static_cast<std::uint64_t>(status.st_size), static_cast<std::uint64_t>(status.st_ino));
}

// Mail goes first: a loop that wakes up takes the processor from this thread at once, while one that is only
// nicer would first finish its slice, and replies would wait for that.  Who searches reads the lines that a
// busy machine has left without an index.
void stand_back() {
  const sched_param none{};
  ::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &none);
}

}  // namespace

struct Indexer::Opened {
  LineReader lines;
  DayIndex index;

  Opened(const DayFiles& files, LineReader reader)
      : lines(std::move(reader)), index(files, Database::Access::write) {}
  // Neither was removed or made anew by another, postern journal erase perhaps.
  bool in_place() const { return index.in_place() && lines.in_place(); }
};

Indexer::Indexer(std::filesystem::path directory, Pace pace)
    : directory_(std::move(directory)), pace_(pace), current_(Clock::now()), thread_([this] { run(); }) {}

Indexer::~Indexer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Indexer::State Indexer::state() const {
  const std::lock_guard lock(mutex_);
  State state = state_;
  state.lag = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - current_);
  return state;
}

bool Indexer::wait(std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, pause, [this] { return stop_; });
}

void Indexer::run() {
  stand_back();
  remove_orphans(directory_);
  bool more = true;
  while (wait(more ? std::chrono::milliseconds(0) : pace_.look)) {
    try {
      more = turn();
    } catch (const std::exception& error) {  // no memory, as a rule
      more = false;
      if (complaint_.due()) spdlog::error("event=index_failed error=\"{}\"", printable(error.what()));
    }
  }
}

std::uint64_t Indexer::lag_of(Day day, const Seen& now) {
  const auto opened = opened_.find(day);
  if (opened == opened_.end()) return now.size;
  const std::uint64_t octets = opened->second->index.content().octets;
  return now.size > octets ? now.size - octets : 0;
}

// One commit.  The newest day comes first, so that making old indexes anew keeps nobody from finding what
// came today.
bool Indexer::turn() {
  const Clock::time_point begin = Clock::now();
  const auto days = days_in(directory_);
  if (!days || days->empty()) return false;  // the journal itself complains
  std::set<Day> there;
  std::uint64_t lag = 0;
  bool more = false;
  for (const DayFiles& files : *days) {
    there.insert(files.day);
    const auto found = size_and_inode(files.lines);
    if (!found) continue;
    const Seen now{found->first, found->second};
    const bool newest = &files == &days->front();
    if (!newest && done_.contains(files.day) && !size_and_inode(files.index)) done_.erase(files.day);
    if (done_[files.day] != now) {
      if (newest) lag = lag_of(files.day, now);
      if (more) continue;
      if (const auto failed = failed_.find(files.day);
          failed != failed_.end() && begin < failed->second.again)
        continue;
      more = work_on(files, now);
      if (newest) lag = lag_of(files.day, now);
    }
    if (done_[files.day] != now) continue;
    if (!newest) {
      opened_.erase(files.day);  // yesterday, at midnight
    } else {
      const std::lock_guard lock(mutex_);
      current_ = begin;
    }
  }
  if (std::erase_if(done_, [&](const auto& one) { return !there.contains(one.first); }) > 0)
    remove_orphans(directory_);
  const std::lock_guard lock(mutex_);
  state_.lag_octets = lag;
  if (begin - current_ > kLag && lag_complaint_.due())
    spdlog::warn("event=index_lags octets={} seconds={}", lag,
                 std::chrono::duration_cast<std::chrono::seconds>(begin - current_).count());
  return more;
}

Indexer::Opened& Indexer::open(const DayFiles& files) {
  std::unique_ptr<Opened>& opened = opened_[files.day];
  if (opened && !opened->in_place()) opened.reset();
  if (!opened) {
    auto lines = LineReader::open(files.lines);
    if (!lines) throw SqliteError(SqliteError::Kind::busy, "its lines were just removed");
    opened = std::make_unique<Opened>(files, std::move(*lines));
  }
  return *opened;
}

bool Indexer::work_on(const DayFiles& files, const Seen& now) try {
  Opened& opened = open(files);
  const std::size_t lines = opened.index.advance(opened.lines, pace_.commit_octets);
  failed_.erase(files.day);
  // What came since waits for the next look, so that one commit takes much.
  const bool done = lines == 0 || opened.index.content().octets >= now.size;
  if (done) done_[files.day] = now;
  const std::lock_guard lock(mutex_);
  state_.lines += lines;
  state_.trouble.clear();
  return !done;
} catch (const SqliteError& error) {
  opened_.erase(files.day);
  if (error.kind() == SqliteError::Kind::busy) return false;
  if (error.kind() != SqliteError::Kind::corrupt) return failed(files, error.what()), false;
  spdlog::warn("event=index_rebuilt day={} why=\"{}\"", files.lines.stem().string(), printable(error.what()));
  remove_database(files.index);
  // At once; but a disk that damages what is written is given time.
  const bool again = !failed_.try_emplace(files.day).second;
  if (again) failed(files, error.what());
  const std::lock_guard lock(mutex_);
  ++state_.rebuilt;
  return !again;
} catch (const std::exception& error) {
  opened_.erase(files.day);
  return failed(files, error.what()), false;
}

void Indexer::failed(const DayFiles& files, const std::string& what) {
  Failed& failed = failed_[files.day];
  failed.pause =
      failed.pause.count() == 0 ? pace_.first_pause : std::min(2 * failed.pause, pace_.longest_pause);
  failed.again = Clock::now() + failed.pause;
  if (complaint_.due())
    spdlog::error("event=index_failed day={} error=\"{}\"", files.lines.stem().string(), printable(what));
  const std::lock_guard lock(mutex_);
  ++state_.failures;
  state_.trouble = what;
}

}  // namespace gateway::journal::index
