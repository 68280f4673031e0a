#pragma once
// The journal: a file of JSON lines a day, <directory>/YYYY-MM-DD.jsonl (UTC), written by one thread from a
// bounded queue, so that no session ever waits for the disk.  The plain line of each record goes the same
// way, to a sink.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "gateway/journal/batch.h"
#include "gateway/journal/day_file.h"
#include "gateway/journal/note.h"
#include "gateway/journal/untold_gap.h"
#include "gateway/net/asio.h"
#include "gateway/net/seldom.h"
#include "gateway/vocabulary.h"

namespace gateway::journal {

class Journal {
 public:
  using Clock = std::function<Time()>;
  using Listener = std::function<void(std::string_view line)>;
  using PlainSink = std::function<void(std::string_view lines)>;  // several, with a line end between

  struct Bounds {  // of the queue
    std::size_t lines = 4096;
    std::size_t bytes = 32 * 1024 * 1024;
    std::chrono::milliseconds patience{50};  // DESIGN §10
    std::chrono::milliseconds gather{
        10};  // the thread sleeps that long, so that one waking serves many records
  };
  struct Record {            // without line ends
    std::string_view line;   // JSON
    std::string_view plain;  // may be empty
  };
  struct Counts {
    std::uint64_t written = 0;
    std::uint64_t dropped = 0;  // the queue was full
    std::uint64_t failed = 0;   // the disk did not take them
    std::size_t queued = 0;     // records that wait for the disk now
    std::uint64_t untold = 0;   // records of the gap that goes on: lost, and not yet told by a record
  };

  static Time system_time();

  // Starts the thread; the destructor writes what is queued.  Needs no directory yet.
  Journal(std::filesystem::path directory, Keep keep, PlainSink plain = {});
  Journal(std::filesystem::path directory, Keep keep, Bounds bounds, Clock clock = system_time,
          PlainSink plain = {});
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // The record is copied.  When the queue is full it waits for a moment on that loop, which goes on
  // meanwhile; then it is dropped and counted.  The journal must live longer than what runs on the loop.
  void post(const asio::any_io_executor& loop, const Record& record);

  // Calls `listener` on the writer's thread for each record, written or not.  It must not call back.
  unsigned on_record(Listener listener);
  void forget(unsigned listener);  // which does not run after this

  // From now on a gap is told in the journal itself, once it can be written again: by a record, which has
  // such an id, a second after the last loss.
  void tell_gaps(std::function<std::string()> make_id);

  Counts counts() const;

 private:
  bool try_push(const Record& record);
  asio::awaitable<void> wait_for_room(std::string line, std::string plain);
  bool is_filling() const {
    return queue_.records() * 2 >= bounds_.lines || queue_.octets() * 2 >= bounds_.bytes;
  }
  void run();
  void append(const Batch& batch);
  void lose(std::uint64_t Gap::*how, std::uint64_t records, std::string_view why);  // under the mutex
  bool gap_is_over() const;                                                         // likewise
  void tell_gap();
  void keep_gap();
  void tell(const Batch& batch);
  void complain(const std::string& error);

  const Bounds bounds_;
  const Clock clock_;
  const PlainSink plain_;
  DayFile file_;                    // the thread's own
  UntoldGap untold_;                // likewise
  net::Seldom complaint_;           // likewise
  std::size_t refused_octets_ = 0;  // likewise: of the last batch that the disk did not take

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Batch queue_;
  bool idle_ = false;  // the thread waits for the first record of a batch
  bool stop_ = false;
  Counts counts_;
  Gap gap_;  // not yet told, also by the process before
  std::function<std::string()> make_id_;

  std::mutex listeners_mutex_;
  std::map<unsigned, Listener> listeners_;
  unsigned last_listener_ = 0;

  std::thread thread_;
};

}  // namespace gateway::journal
