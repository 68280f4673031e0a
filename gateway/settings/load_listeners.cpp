// [[listener]] and [networks]: where clients connect, and which of them are special.

#include <fmt/format.h>

#include "gateway/settings/endpoint.h"
#include "gateway/settings/sections.h"

namespace gateway::settings {
namespace {

using namespace std::chrono_literals;

// Two sockets that cannot both be bound: the same, or one for all addresses of the family at the same port.
bool collide(const Endpoint& a, const Endpoint& b) {
  if (a.port != b.port || a.port == 0 || a.ip.is_v4() != b.ip.is_v4()) return false;
  const IpAddress any = a.ip.is_v4() ? IpAddress() : IpAddress::v6({});
  return a.ip == b.ip || a.ip == any || b.ip == any;
}

const Endpoint* taken(const std::vector<Endpoint>& endpoints, const Endpoint& one) {
  for (const Endpoint& other : endpoints)
    if (collide(other, one)) return &other;
  return nullptr;
}

std::vector<Endpoint> default_addresses() { return {{IpAddress(), 25}, {IpAddress::v6({}), 25}}; }

Listener load_listener(TableReader table, std::vector<Endpoint>& all) {
  Listener listener;
  const auto add = [&](const toml::node& node, const std::string& text) {
    const auto endpoint = parse_endpoint(text, PortZero::allowed);
    if (!endpoint) return table.error(node, endpoint.error().text());
    if (const Endpoint* other = taken(all, *endpoint))
      return table.error(
          node, *other == *endpoint
                    ? fmt::format("{} is listened on already", endpoint->text())
                    : fmt::format("{} and {} cannot both be listened on", other->text(), endpoint->text()));
    all.push_back(*endpoint);
    listener.address.push_back(*endpoint);
  };
  const toml::node* addresses = table.node("address");
  if (addresses == nullptr) {
    for (const Endpoint& endpoint : default_addresses()) {
      if (const Endpoint* other = taken(all, endpoint)) {
        table.error(fmt::format("without address it listens on {}, which {} takes already: set address",
                                endpoint.text(), other->text()));
        break;
      }
      listener.address.push_back(endpoint);
    }
    all.insert(all.end(), listener.address.begin(), listener.address.end());
  } else if (table.each_text("address", "an address with a port, such as \"0.0.0.0:25\"", add) &&
             addresses->as_array()->empty()) {
    table.error(*addresses, "expected at least one address, such as \"0.0.0.0:25\"");
  }
  table.choice<ListenerTls>("tls", listener.tls,
                            {{"off", ListenerTls::off},
                             {"starttls", ListenerTls::starttls},
                             {"required", ListenerTls::required},
                             {"implicit", ListenerTls::implicit}});
  read_networks(table, "proxy_from", listener.proxy_from);
  read_networks(table, "xclient_from", listener.xclient_from);
  table.choice<BareNewline>("bare_newline", listener.bare_newline,
                            {{"normalize", BareNewline::normalize}, {"refuse", BareNewline::refuse}});
  table.choice<Syntax>("syntax", listener.syntax, {{"strict", Syntax::strict}, {"lenient", Syntax::lenient}});
  // RFC 5321 §4.5.3.2.1: clients wait five minutes for the greeting.
  table.duration("greeting_delay", listener.greeting_delay, 0ms, 60s);
  table.done();
  return listener;
}

}  // namespace

void read_networks(TableReader& table, std::string_view key, std::vector<Network>& target,
                   const NetworkCheck& check) {
  std::vector<Network> networks;
  const bool list = table.each_text(key, "a network, such as \"192.0.2.0/24\"",
                                    [&](const toml::node& node, const std::string& text) {
                                      const auto network = parse_network(text);
                                      if (!network) return table.error(node, network.error().text());
                                      networks.push_back(*network);
                                      if (check) check(node, *network);
                                    });
  if (list) target = std::move(networks);
}

void load_listeners(TableReader& root, Settings& settings) {
  if (root.node("listener") == nullptr) {
    settings.listeners.push_back({.address = default_addresses()});
    return;
  }
  std::vector<Endpoint> all;
  for (TableReader& table : root.tables("listener"))
    settings.listeners.push_back(load_listener(std::move(table), all));
  const toml::array* list = root.node("listener")->as_array();
  if (list && list->empty()) root.error(*list, "expected at least one [[listener]]");
}

void load_networks(TableReader& root, Settings& settings) {
  auto table = root.table("networks");
  if (!table) return;
  // Who stands behind a proxy is known only by its PROXY header; a trusted proxy would make everyone trusted.
  const NetworkCheck no_proxy = [&](const toml::node& node, const Network& network) {
    for (const Listener& listener : settings.listeners)
      for (const Network& proxy : listener.proxy_from)
        if (network.overlaps(proxy))
          return table->error(
              node, fmt::format("{} overlaps {} in proxy_from of a [[listener]]: a proxy is never a client",
                                network.text(), proxy.text()));
  };
  read_networks(*table, "trusted", settings.trusted, no_proxy);
  read_networks(*table, "relays", settings.relays, no_proxy);
  table->done();
}

}  // namespace gateway::settings
