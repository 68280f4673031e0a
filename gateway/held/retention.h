#pragma once
// How long quarantine is kept: the oldest messages go when they are too old, or too much together.  Never one
// that somebody is releasing.  DESIGN §9

#include <cstdint>
#include <functional>
#include <memory>

#include "gateway/delivery/file_held_store.h"
#include "gateway/journal/note.h"

namespace gateway::held {

struct KeepTerms {
  unsigned days = 30;
  std::uint64_t octets = 5'000'000'000;  // of all files together
};

class Retention {
 public:
  using Clock = std::function<Time()>;
  using Recorder = std::function<void(const journal::Audit&)>;

  // Hears of what the store takes.  All of these must outlive the loop.
  Retention(asio::io_context& loop, delivery::FileHeldStore& store, asio::any_io_executor workers,
            KeepTerms terms, std::string host, Clock clock, Recorder record);
  ~Retention();
  Retention(const Retention&) = delete;
  Retention& operator=(const Retention&) = delete;

  void run();                 // a pass now, one a minute, and whenever there is too much
  void use(KeepTerms terms);  // after a reload; from the next pass on
  // Nothing more is removed; `ended` is called when what is being removed is gone and recorded.  On the loop.
  void stop(std::function<void()> ended = {});
  bool at_work() const;
  asio::awaitable<std::size_t> pass();  // messages removed

 private:
  struct State;
  static asio::awaitable<void> work(std::shared_ptr<State> state);
  static asio::awaitable<std::size_t> pass(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace gateway::held
