#include "gateway/net/run_loop.h"

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

}  // namespace gateway::net
