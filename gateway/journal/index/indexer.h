#pragma once
// Keeps the indexes up with the lines, on a thread of its own and at a low priority.  It only reads what the
// journal has written: nothing waits for it, and what goes wrong with an index is logged, tried again, or
// made anew.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/journal/index/days.h"
#include "gateway/net/seldom.h"

namespace gateway::journal::index {

class Indexer {
 public:
  using Clock = std::chrono::steady_clock;

  struct Pace {
    std::chrono::milliseconds look{250};  // for new lines
    std::chrono::seconds first_pause{2};  // behind a failure of the disk; doubles
    std::chrono::seconds longest_pause{60};
    std::size_t commit_octets = 4 << 20;  // of lines, at most
  };
  struct State {
    std::uint64_t lines = 0;           // indexed since the start
    std::uint64_t failures = 0;        // attempts that failed
    std::uint64_t rebuilt = 0;         // indexes thrown away because they were damaged or of another schema
    std::uint64_t lag_octets = 0;      // of lines that are in no index yet
    std::chrono::milliseconds lag{0};  // all that was written before is in the index
    std::string trouble;               // the last failure; empty when all is well
  };

  explicit Indexer(std::filesystem::path directory) : Indexer(std::move(directory), Pace{}) {}
  Indexer(std::filesystem::path directory, Pace pace);
  ~Indexer();
  Indexer(const Indexer&) = delete;
  Indexer& operator=(const Indexer&) = delete;

  State state() const;  // thread-safe

 private:
  struct Opened;
  struct Seen {  // a file of lines, when all of it was in its index
    std::uint64_t size = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const Seen&, const Seen&) = default;
  };
  struct Failed {
    Clock::time_point again;
    std::chrono::seconds pause{};
  };

  void run();
  bool turn();                                           // whether there is more to do at once
  bool work_on(const DayFiles& files, const Seen& now);  // one commit; whether there may be more
  std::uint64_t lag_of(Day day, const Seen& now);
  Opened& open(const DayFiles& files);
  void failed(const DayFiles& files, const std::string& what);
  bool wait(std::chrono::milliseconds pause);

  const std::filesystem::path directory_;
  const Pace pace_;

  // The thread's own.
  std::map<Day, std::unique_ptr<Opened>> opened_;  // the newest, and one that is behind
  std::map<Day, Seen> done_;
  std::map<Day, Failed> failed_;
  net::Seldom complaint_;
  net::Seldom lag_complaint_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  State state_;
  Clock::time_point current_;  // all that was written before is in the index

  std::thread thread_;
};

}  // namespace gateway::journal::index
