#include "gateway/dns/zone_resolver.h"

#include <boost/asio/post.hpp>

namespace gateway::dns {

void ZoneResolver::ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) {
  asio::post(executor, [answer = zone_.answer(question), handler = std::move(handler)]() mutable {
    handler(std::move(answer));
  });
}

}  // namespace gateway::dns
