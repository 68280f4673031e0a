#include "gateway/web/accept_clients.h"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace gateway::web {
namespace {

constexpr int kPause = 100;  // ms, after what failed

// Whether `stop` is not readable, asked when `listening` is or the time is over; -1 of either waits for ever.
bool goes_on(int listening, int stop, int milliseconds) {
  pollfd both[2] = {{stop, POLLIN, 0}, {listening, POLLIN, 0}};
  return ::poll(both, 2, milliseconds) < 0 || both[0].revents == 0;
}

}  // namespace

void accept_clients(int listening, int stop, const std::function<void(int socket)>& take) {
  // Who is gone between poll and accept must not hold us.
  ::fcntl(listening, F_SETFL, ::fcntl(listening, F_GETFL) | O_NONBLOCK);
  bool failing = false;
  while (goes_on(listening, stop, -1)) {
    const int socket = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) {
      failing = false;
      take(socket);
      continue;
    }
    if (errno == EINTR || errno == EAGAIN) continue;
    if (!failing)
      spdlog::error("event=review_accept_failed why=\"{}\" retry=until_it_works",
                    std::generic_category().message(errno));
    failing = true;
    if (!goes_on(-1, stop, kPause)) return;
  }
}

}  // namespace gateway::web
