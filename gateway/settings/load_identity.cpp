// Who this gateway is: hostname, authserv_id, its number and where it keeps its state.

#include <fmt/format.h>
#include <netdb.h>
#include <unistd.h>

#include <memory>

#include "gateway/settings/sections.h"

namespace gateway::settings {
namespace {

// This machine's full name, as getaddrinfo completes it (RFC 5321 §2.3.5 wants it full).
std::string system_hostname() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0) return {};
  if (std::string_view(name).find('.') != std::string_view::npos) return name;
  addrinfo hints{};
  hints.ai_flags = AI_CANONNAME;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(name, nullptr, &hints, &found) != 0 || found == nullptr) return name;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  return found->ai_canonname ? found->ai_canonname : name;
}

void read_name(TableReader& root, std::string_view key, std::string& target) {
  const std::string* text = root.some_text(key, "a domain name");
  if (text == nullptr) return;
  if (const auto domain = read_domain(root, *root.node(key), *text)) target = domain->text();
}

}  // namespace

std::optional<Domain> read_domain(const TableReader& table, const toml::node& node, std::string_view text) {
  const auto domain = Domain::parse(text);
  if (domain && !IpAddress::parse(text)) return domain;
  table.error(node, fmt::format("'{}' is no domain name: expected one such as \"mx1.example.com\"",
                                printable(text, 80)));
  return std::nullopt;
}

void load_identity(TableReader& root, Settings& settings) {
  if (root.node("hostname") == nullptr) {
    const std::string name = system_hostname();
    const auto domain = Domain::parse(name);
    if (domain && !IpAddress::parse(name))
      settings.hostname = domain->text();
    else
      root.file().error({}, 1,
                        fmt::format("this machine's own name '{}' is no domain name: set hostname, such as "
                                    "\"mx1.example.com\"",
                                    printable(name, 80)));
  }
  read_name(root, "hostname", settings.hostname);
  settings.authserv_id = settings.hostname;
  read_name(root, "authserv_id", settings.authserv_id);
  root.number("gateway", settings.gateway, 0, 255);
  settings.state = root.file().resolve(settings.state);
  root.path("state", settings.state);
}

}  // namespace gateway::settings
