#include "gateway/net/run_loop.h"

#include <sched.h>
#include <spdlog/spdlog.h>

#include <exception>

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

}  // namespace gateway::net
