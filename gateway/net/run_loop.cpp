#include "gateway/net/run_loop.h"

#include <sched.h>
#include <spdlog/spdlog.h>

#include <cstddef>
#include <exception>
#include <memory>
#include <vector>

#include "gateway/vocabulary.h"

namespace gateway::net {

void run_loop(asio::io_context& loop) {
  for (;;) {
    try {
      loop.run();
      return;
    } catch (const std::exception& error) {
      spdlog::error("event=handler_failed error=\"{}\"", printable(error.what()));
    }
  }
}

// Where that is not allowed (a sandbox) nothing is lost but some speed.
void take_long_turns() {
  const sched_param none{};
  static_cast<void>(::sched_setscheduler(0, SCHED_BATCH, &none));
}

void warm_memory() {
  constexpr std::size_t kBlock = 64 << 10;  // a piece of the heap, not a mapping of its own
  constexpr std::size_t kAll = 4 << 20;
  constexpr std::size_t kPage = 4096;
  std::vector<std::unique_ptr<char[]>> blocks;
  for (std::size_t taken = 0; taken < kAll; taken += kBlock) {
    blocks.push_back(std::make_unique_for_overwrite<char[]>(kBlock));
    for (std::size_t at = 0; at < kBlock; at += kPage)
      static_cast<volatile char*>(blocks.back().get())[at] = 0;
  }
}

}  // namespace gateway::net
