#include "gateway/commands/resolver_choice.h"

#include "gateway/dns/cache.h"
#include "gateway/dns/unbound.h"
#include "gateway/dns/zone_resolver.h"

namespace gateway::commands {

Result<std::unique_ptr<dns::Resolver>> make_resolver(const settings::Settings& settings,
                                                     const std::filesystem::path& zone) {
  const std::filesystem::path& file = zone.empty() ? settings.dns_zone : zone;
  if (!file.empty()) {
    auto loaded = dns::Zone::load(file);
    if (!loaded) return loaded.error();
    return std::unique_ptr<dns::Resolver>(std::make_unique<dns::ZoneResolver>(std::move(*loaded)));
  }
  auto unbound = dns::UnboundResolver::make({.servers = settings.dns_servers, .dnssec = settings.dnssec});
  if (!unbound) return unbound.error();
  return std::unique_ptr<dns::Resolver>(std::make_unique<dns::CachingResolver>(std::move(*unbound)));
}

}  // namespace gateway::commands
