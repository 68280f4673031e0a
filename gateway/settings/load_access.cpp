// [review] and [control]: how people and commands reach the server.

#include <fmt/format.h>

#include "gateway/settings/endpoint.h"
#include "gateway/settings/sections.h"

namespace gateway::settings {
namespace {

constexpr std::size_t kLongestSocketPath = 107;  // sun_path, with its NUL; unix(7)

void load_review(TableReader& table, Settings& settings) {
  std::string text;
  const toml::node* node = table.node("listen");
  if (!table.text("listen", text)) return;
  settings.review_listen.reset();
  if (text.empty()) return;
  const auto endpoint = parse_endpoint(text, PortZero::allowed);
  if (!endpoint) return table.error(*node, endpoint.error().text());
  if (!endpoint->ip.is_loopback())
    return table.error(*node,
                       fmt::format("'{}' is not on this machine: review knows no passwords yet, expected "
                                   "\"127.0.0.1:8025\" or \"[::1]:8025\"",
                                   text));
  for (const Listener& listener : settings.listeners)
    for (const Endpoint& other : listener.address)
      if (other == *endpoint && other.port != 0)
        return table.error(*node, fmt::format("{} is the address of a [[listener]]", text));
  settings.review_listen = *endpoint;
}

}  // namespace

void load_access(TableReader& root, Settings& settings) {
  settings.review_listen = Endpoint{IpAddress::v4(0x7F000001), 8025};
  if (auto table = root.table("review")) {
    load_review(*table, settings);
    table->done();
  }
  settings.control_socket = root.file().resolve(settings.control_socket);
  if (auto table = root.table("control")) {
    if (table->path("socket", settings.control_socket) &&
        settings.control_socket.native().size() > kLongestSocketPath)
      table->error(*table->node("socket"),
                   fmt::format("the path of a socket takes at most {} octets", kLongestSocketPath));
    table->done();
  }
}

}  // namespace gateway::settings
