#pragma once
// Tries held messages again when they are due, on one loop: back-off with jitter, at most five days, then
// quarantine as undeliverable.  Begins with a scan, so that a restart loses nothing.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gateway/delivery/file_held_store.h"

namespace gateway::delivery {

class Retrier {
 public:
  using Clock = std::function<Time()>;
  using Random = std::function<double()>;  // 0 to 1
  using Mailstores = std::map<std::string, std::shared_ptr<Mailstore>>;

  // Hears of what the store takes.  The store must outlive the loop.
  Retrier(asio::io_context& loop, FileHeldStore& store, Mailstores mailstores, Clock clock, Random random);
  ~Retrier();
  Retrier(const Retrier&) = delete;
  Retrier& operator=(const Retrier&) = delete;

  // Scans, then tries whatever is due until stop().
  void run();
  // No new attempt begins; one under way is finished, and then `ended` is called.  On the loop.
  void stop(std::function<void()> ended = {});
  // After a reload: attempts to come are made with these.  On the loop.
  void use(Mailstores mailstores);
  // An attempt is under way, or the scan.  On the loop, or when that has stopped.
  bool at_work() const;

  // What came of one attempt: each recipient who waited, and what was said of his copy.
  struct Attempt {
    std::vector<smtp::Recipient> recipients;
    DeliveryReport report;
    std::size_t left = 0;       // recipients who wait on
    std::size_t given_up = 0;   // whose copy is in quarantine now
    bool settled_only = false;  // nobody waited any more: an earlier attempt could not remove the file
    std::string trouble;        // why the file could be neither removed nor rewritten; "" otherwise
  };
  // One attempt, due or not; it waits for another that is under way.  On the loop.
  asio::awaitable<Result<Attempt>> attempt_now(Path path);
  // No more attempts: to quarantine as undeliverable.  What is returned has no report.
  asio::awaitable<Result<Attempt>> give_up_now(Path path);

  // What run() consists of.  scan() reads the directory anew; pass() tries all that is due once.
  asio::awaitable<std::size_t> scan();  // messages waiting
  asio::awaitable<std::size_t> pass();  // attempts made
  std::size_t waiting() const;

 private:
  struct State;
  static asio::awaitable<void> work(std::shared_ptr<State> state);
  static asio::awaitable<std::size_t> scan(std::shared_ptr<State> state);
  static asio::awaitable<std::size_t> pass(std::shared_ptr<State> state);
  static asio::awaitable<Result<Attempt>> attempt(std::shared_ptr<State> state, Path path, bool asked);
  static asio::awaitable<Result<Attempt>> attempt_now(std::shared_ptr<State> state, Path path);
  static asio::awaitable<Result<Attempt>> give_up_now(std::shared_ptr<State> state, Path path);
  static asio::awaitable<Result<void>> settle(std::shared_ptr<State> state, Path path, HeldMessage message);
  static asio::awaitable<bool> give_up(std::shared_ptr<State> state, HeldMessage message, Parcel parcel);

  std::shared_ptr<State> state_;
};

}  // namespace gateway::delivery
