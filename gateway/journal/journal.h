#pragma once
// The journal: a file of JSON lines a day, <directory>/YYYY-MM-DD.jsonl (UTC), written by one thread from a
// bounded queue, so that no session ever waits for the disk.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/journal/day_file.h"
#include "gateway/net/asio.h"
#include "gateway/vocabulary.h"

namespace gateway::journal {

class Journal {
 public:
  using Clock = std::function<Time()>;
  using Listener = std::function<void(const std::string& line)>;

  struct Bounds {  // of the queue
    std::size_t lines = 4096;
    std::size_t bytes = 32 * 1024 * 1024;
    std::chrono::milliseconds patience{50};  // DESIGN §10
  };
  struct Counts {
    std::uint64_t written = 0;
    std::uint64_t dropped = 0;  // the queue was full
    std::uint64_t failed = 0;   // the disk did not take them
  };

  // Files of more than `keep_days` days ago are removed, 0: never.  Starts the thread; the destructor writes
  // what is queued.  Needs no directory yet.
  Journal(std::filesystem::path directory, unsigned keep_days);
  Journal(std::filesystem::path directory, unsigned keep_days, Bounds bounds, Clock clock);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // One record, without a line end.  When the queue is full the coroutine, not its thread, waits for a
  // moment; then the record is dropped and counted.  The journal must live longer than the coroutine.
  asio::awaitable<void> write(std::string line);

  // Calls `listener` on the writer's thread for each record, written or not.  It must not call back.
  unsigned on_record(Listener listener);
  void forget(unsigned listener);  // which does not run after this

  Counts counts() const;

 private:
  bool try_push(std::string& line);
  void run();
  void append(const std::deque<std::string>& lines);
  void tell(const std::deque<std::string>& lines);
  void complain(const std::string& error);

  const Bounds bounds_;
  const Clock clock_;
  DayFile file_;  // the thread's own
  std::chrono::steady_clock::time_point complained_{};

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::string> queue_;
  std::size_t queued_bytes_ = 0;
  bool stop_ = false;
  Counts counts_;

  std::mutex listeners_mutex_;
  std::map<unsigned, Listener> listeners_;
  unsigned last_listener_ = 0;

  std::thread thread_;
};

}  // namespace gateway::journal
