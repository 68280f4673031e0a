// [review] and [control]: how people and commands reach the server.

#include <fmt/format.h>
#include <sys/stat.h>

#include "gateway/settings/endpoint.h"
#include "gateway/settings/sections.h"
#include "gateway/web/access/password_file.h"

namespace gateway::settings {
namespace {

constexpr std::size_t kLongestSocketPath = 107;  // sun_path, with its NUL; unix(7)

constexpr std::size_t kMostNames = 100;

void read_listen(TableReader& table, Settings& settings) {
  std::string text;
  const toml::node* node = table.node("listen");
  if (!table.text("listen", text)) return;
  settings.review_listen.reset();
  if (text.empty()) return;
  const auto endpoint = parse_endpoint(text, PortZero::allowed);
  if (!endpoint) return table.error(*node, endpoint.error().text());
  for (const Listener& listener : settings.listeners)
    for (const Endpoint& other : listener.address)
      if (other == *endpoint && other.port != 0)
        return table.error(*node, fmt::format("{} is the address of a [[listener]]", text));
  settings.review_listen = *endpoint;
}

void read_passwords(TableReader& table, Settings& settings, policy::Diagnostics& diagnostics) {
  if (!table.path("passwords", settings.review_passwords)) return;
  const bool fine = web::access::read_accounts(settings.review_passwords, diagnostics).has_value();
  struct stat status {};
  if (fine && ::stat(settings.review_passwords.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0)
    table.file().warn(*table.node("passwords"),
                      "everybody on this machine may read the password file: chmod 640 it");
}

void read_names(TableReader& table, Settings& settings) {
  table.each_text("names", "a host name, such as \"postern.example.com\"",
                  [&](const toml::node& at, const std::string& text) {
                    const auto domain = Domain::parse(text);
                    if (!domain || settings.review_names.size() == kMostNames)
                      return table.error(at, fmt::format("'{}' is no host name: expected one such as "
                                                         "\"postern.example.com\", without a port",
                                                         printable(text, 80)));
                    settings.review_names.push_back(domain->text());
                  });
}

// Beyond this machine nobody comes in without a password, and no password goes in clear.
void check_reach(TableReader& table, const Settings& settings) {
  if (!settings.review_listen) return;
  const toml::node* listen = table.node("listen");
  const toml::node* tls = table.node("tls");
  if (settings.review_tls && settings.certificates.empty())
    return table.error(*(tls ? tls : listen),
                       "TLS needs a certificate that browsers trust: set certificate and key in [tls]");
  if (settings.review_listen->ip.is_loopback()) return;
  const auto refuse = [&](std::string_view what) {
    table.error(*listen, fmt::format("'{}' can be reached from other machines: {}",
                                     settings.review_listen->text(), what));
  };
  if (settings.review_passwords.empty())
    return refuse(
        "that takes a password file, passwords = \"passwords\" (postern password NAME makes it), and TLS or "
        "proxy_from; "
        "or listen on \"127.0.0.1:8025\" or \"[::1]:8025\"");
  if (!settings.review_tls && settings.review_proxies.empty())
    return refuse(
        "that takes TLS (without tls = false, and with certificate and key in [tls]), or proxy_from = "
        "[\"10.0.0.2\"], the reverse proxy that speaks TLS in front of it");
}

void load_review(TableReader& table, Settings& settings, policy::Diagnostics& diagnostics) {
  read_listen(table, settings);
  read_passwords(table, settings, diagnostics);
  read_names(table, settings);
  read_networks(table, "proxy_from", settings.review_proxies);
  settings.review_tls = settings.review_listen && !settings.review_listen->ip.is_loopback() &&
                        settings.review_proxies.empty() && !settings.certificates.empty();
  table.flag("tls", settings.review_tls);
  check_reach(table, settings);
}

}  // namespace

void load_access(TableReader& root, Settings& settings, policy::Diagnostics& diagnostics) {
  settings.review_listen = Endpoint{IpAddress::v4(0x7F000001), 8025};
  if (auto table = root.table("review")) {
    load_review(*table, settings, diagnostics);
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
