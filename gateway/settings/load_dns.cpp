// [dns]: whom we ask.

#include "gateway/settings/endpoint.h"
#include "gateway/settings/sections.h"

namespace gateway::settings {

void load_dns(TableReader& root, Settings& settings) {
  auto table = root.table("dns");
  if (!table) return;
  constexpr std::string_view kRecursive = "recursive";
  constexpr std::uint16_t kPort = 53;
  const toml::node* recursive = nullptr;
  table->each_text("servers", "an address of a resolver, such as \"192.0.2.53\"",
                   [&](const toml::node& node, const std::string& text) {
                     if (text == kRecursive) {
                       recursive = &node;
                       settings.dns_servers.push_back(text);
                       return;
                     }
                     const auto endpoint = parse_endpoint(text, PortZero::refused, kPort);
                     if (endpoint)
                       settings.dns_servers.push_back(endpoint->text());
                     else
                       table->error(node, endpoint.error().text());
                   });
  if (recursive && table->node("servers")->as_array()->size() > 1)
    table->error(*recursive, "\"recursive\" stands alone: we ask the roots, or the servers, not both");
  table->flag("dnssec", settings.dnssec);
  std::string zone;
  if (table->text("zone", zone) && !zone.empty()) settings.dns_zone = table->file().resolve(zone);
  table->done();
}

}  // namespace gateway::settings
