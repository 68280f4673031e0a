// [mailstore.*] and [delivery]: where accepted mail goes.

#include <fmt/format.h>

#include "gateway/settings/endpoint.h"
#include "gateway/settings/sections.h"

namespace gateway::settings {
namespace {

constexpr std::size_t kLongestSocketPath = 107;  // sun_path, with its NUL; unix(7)

std::optional<std::string> check_unix(std::string_view path, MailstoreProtocol protocol) {
  if (protocol != MailstoreProtocol::lmtp) return "a unix socket is for protocol = \"lmtp\" only";
  if (!path.starts_with('/'))
    return fmt::format("'unix:{}' is no absolute path: expected \"unix:/run/…\"", printable(path, 80));
  if (path.size() > kLongestSocketPath)
    return fmt::format("the path of a unix socket takes at most {} octets", kLongestSocketPath);
  return std::nullopt;
}

void load_servers(TableReader& table, MailstoreSettings& mailstore) {
  const bool maildir = mailstore.protocol == MailstoreProtocol::maildir;
  const bool discard = mailstore.protocol == MailstoreProtocol::discard;
  const toml::node* node = table.node("servers");
  if (node == nullptr) {
    if (!maildir && !discard)
      table.error("servers are missing: expected such as servers = [\"192.0.2.1:25\"]");
    return;
  }
  if (maildir) return table.error(*node, "protocol = \"maildir\" takes a path, no servers");
  if (discard) return table.error(*node, "protocol = \"discard\" takes no servers: nothing is delivered");
  constexpr std::string_view kUnix = "unix:";
  const auto add = [&](const toml::node& one, const std::string& text) {
    std::optional<std::string> mistake;
    if (text.starts_with(kUnix))
      mistake = check_unix(std::string_view(text).substr(kUnix.size()), mailstore.protocol);
    else if (const auto error = check_server(text))
      mistake = error->text();
    if (!mistake && std::ranges::find(mailstore.servers, text) != mailstore.servers.end())
      mistake = fmt::format("{} is named already", text);
    if (mistake) return table.error(one, *mistake);
    mailstore.servers.push_back(text);
  };
  if (table.each_text("servers", "a server with its port, such as \"192.0.2.1:25\"", add) &&
      node->as_array()->empty())
    table.error(*node, "expected at least one server, such as \"192.0.2.1:25\"");
}

void load_mailstore(TableReader& table, MailstoreSettings& mailstore) {
  const toml::node* protocol = table.node("protocol");
  const bool known = !protocol || table.choice<MailstoreProtocol>("protocol", mailstore.protocol,
                                                                  {{"smtp", MailstoreProtocol::smtp},
                                                                   {"lmtp", MailstoreProtocol::lmtp},
                                                                   {"maildir", MailstoreProtocol::maildir},
                                                                   {"discard", MailstoreProtocol::discard}});
  const bool maildir = mailstore.protocol == MailstoreProtocol::maildir;
  table.choice<MailstoreTls>(
      "tls", mailstore.tls,
      {{"off", MailstoreTls::off}, {"may", MailstoreTls::may}, {"verify", MailstoreTls::verify}});
  table.number("connections", mailstore.connections, 1, 10'000);
  table.path("path", mailstore.path);
  table.node("servers");
  if (known) {
    load_servers(table, mailstore);
    const toml::node* path = table.node("path");
    if (maildir && path == nullptr)
      table.error("path is missing: expected the Maildir, such as path = \"/var/mail/Maildir\"");
    if (!maildir && path) table.error(*path, "a path is for protocol = \"maildir\" only");
  }
  table.done();
}

}  // namespace

void load_mailstores(TableReader& root, Settings& settings) {
  if (auto table = root.table("mailstore"))
    for (auto& [key, mailstore] : table->named_tables())
      load_mailstore(mailstore, settings.mailstores[std::string(key->str())]);
  if (auto table = root.table("delivery")) {
    table->choice<WhenUnreachable>("when_unreachable", settings.when_unreachable,
                                   {{"hold", WhenUnreachable::hold}, {"defer", WhenUnreachable::defer}});
    table->done();
  }
}

}  // namespace gateway::settings
