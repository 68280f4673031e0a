#include "gateway/lists/list_watch.h"

namespace gateway::lists {

void ListWatch::ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) {
  if (!health_->has(question))
    return next_->ask(std::move(question), std::move(executor), std::move(handler));
  next_->ask(question, std::move(executor),
             [question, health = health_, handler = std::move(handler)](DnsAnswer answer) {
               health->answered(question, answer, ListHealth::Clock::now());
               handler(std::move(answer));
             });
}

}  // namespace gateway::lists
