#pragma once
// The threads that serve connections, and how many wait for one.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gateway::web {

class Threads {
 public:
  // `waiting` counts the jobs for which there is no thread yet, at most `most_waiting`; it outlives this.
  Threads(std::size_t count, std::size_t most_waiting, std::atomic<std::size_t>& waiting)
      : most_waiting_(most_waiting), waiting_(waiting) {
    for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
  }
  // What waits is still done.
  ~Threads() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    for (std::thread& one : threads_) one.join();
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  // False, and the job is not taken, when too many wait.
  bool enqueue(std::function<void()> job) {
    {
      const std::lock_guard lock(mutex_);
      if (jobs_.size() >= most_waiting_) return false;
      jobs_.push_back(std::move(job));
      waiting_ = jobs_.size();
    }
    wake_.notify_one();
    return true;
  }

 private:
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return !jobs_.empty() || ending_; });
      if (jobs_.empty()) return;
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      waiting_ = jobs_.size();
      lock.unlock();
      job();
    }
  }

  const std::size_t most_waiting_;
  std::atomic<std::size_t>& waiting_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gateway::web
