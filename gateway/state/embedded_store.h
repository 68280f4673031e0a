#pragma once
// The state in our own memory, with a file of it in the state directory.  A thread of its own writes what
// changed, every two seconds; so a crash costs what was learnt in the last few seconds.  A disk that is full
// or fails costs nothing but what a restart would forget, and an alert.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "gateway/state/state_file.h"
#include "gateway/state/store.h"

namespace gateway::state {

class EmbeddedStore final : public Store {
 public:
  using Clock = std::function<Time()>;
  struct Pace {
    std::chrono::milliseconds save{2000};     // what changed is written
    std::chrono::milliseconds retry{30'000};  // after the disk failed
  };

  // Reads the file that is there, whatever state it is in, and starts the thread.  `disk` must live longer.
  EmbeddedStore(std::filesystem::path directory, delivery::Disk& disk, Clock clock, MemoryBounds bounds = {})
      : EmbeddedStore(std::move(directory), disk, std::move(clock), bounds, Pace{}) {}
  EmbeddedStore(std::filesystem::path directory, delivery::Disk& disk, Clock clock, MemoryBounds bounds,
                Pace pace);
  ~EmbeddedStore() override;  // writes what changed
  EmbeddedStore(const EmbeddedStore&) = delete;
  EmbeddedStore& operator=(const EmbeddedStore&) = delete;

  std::optional<std::vector<StateAnswer>> ask(std::span<const StateQuestion> questions, Time now,
                                              boost::asio::any_io_executor executor, Reply reply) override;
  void update(std::vector<StateUpdate> updates, Time now) override;

 private:
  void load();
  void run();
  bool save();

  const Clock clock_;
  const Pace pace_;
  Memory memory_;
  StateFile file_;  // the thread's, once it runs
  bool complained_ = false;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace gateway::state
