#pragma once
// A resolver that lets the health of the lists see what they answer to messages.

#include <memory>

#include "gateway/dns/resolver.h"
#include "gateway/lists/list_health.h"

namespace gateway::lists {

class ListWatch final : public dns::Resolver {
 public:
  ListWatch(std::unique_ptr<dns::Resolver> next, std::shared_ptr<ListHealth> health)
      : next_(std::move(next)), health_(std::move(health)) {}

  // What is remembered says nothing new of a list.
  std::optional<DnsAnswer> known(const DnsQuestion& question) override { return next_->known(question); }
  void ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) override;
  dns::ResolverCounts counts() const override { return next_->counts(); }

 private:
  const std::unique_ptr<dns::Resolver> next_;
  const std::shared_ptr<ListHealth> health_;
};

}  // namespace gateway::lists
