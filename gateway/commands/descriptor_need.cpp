#include "gateway/commands/descriptor_need.h"

#include "gateway/web/server.h"

namespace gateway::commands {
namespace {

// Standard streams, journal, lock, control socket, the resolver's sockets, the files that the
// workers hold messages in, and some to spare.
constexpr unsigned kAnyGateway = 128;
constexpr unsigned kEachLoop = 8;  // epoll, its timer and its wake-up; held messages are tried again, too

}  // namespace

net::DescriptorNeed descriptor_need(const settings::Settings& settings, unsigned loops) {
  net::DescriptorNeed need;
  need.connections = settings.limits.connections;
  std::uint64_t addresses = 0;
  for (const settings::Listener& listener : settings.listeners) addresses += listener.address.size();
  need.besides = kAnyGateway + loops * (kEachLoop + addresses);
  // A connection to the review pages holds one, and its page may read a file of the journal.
  if (const web::ServerOptions web; settings.review_listen) need.besides += 2 * web.threads + web.waiting;
  for (const auto& [name, mailstore] : settings.mailstores)
    need.besides += std::uint64_t{mailstore.connections} * mailstore.servers.size();
  return need;
}

}  // namespace gateway::commands
