#include "gateway/commands/restart_needs.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace gateway::commands {
namespace {

using settings::Settings;

std::vector<settings::Endpoint> addresses(const Settings& settings) {
  std::vector<settings::Endpoint> all;
  for (const settings::Listener& listener : settings.listeners)
    all.insert(all.end(), listener.address.begin(), listener.address.end());
  return all;
}

}  // namespace

std::string restart_needs(const Settings& now, const Settings& then) {
  std::vector<std::string_view> names;
  if (addresses(now) != addresses(then)) names.emplace_back("listener.address");
  if (now.state != then.state) names.emplace_back("state");
  if (now.gateway != then.gateway) names.emplace_back("gateway");
  if (now.dns_servers != then.dns_servers || now.dnssec != then.dnssec || now.dns_zone != then.dns_zone)
    names.emplace_back("dns");
  if (now.journal_directory != then.journal_directory || now.journal_keep_days != then.journal_keep_days ||
      now.journal_max_size != then.journal_max_size || now.journal_index != then.journal_index)
    names.emplace_back("journal");
  if (now.capture.directory != then.capture.directory) names.emplace_back("capture.directory");
  if (now.limits.min_free != then.limits.min_free) names.emplace_back("limits.min_free");
  if (now.review_listen != then.review_listen || now.review_passwords != then.review_passwords ||
      now.review_tls != then.review_tls || now.review_names != then.review_names ||
      now.review_proxies != then.review_proxies)
    names.emplace_back("review");
  if (now.control_socket != then.control_socket) names.emplace_back("control.socket");
  if (names.empty()) return {};
  return fmt::format("a restart is needed for {}", fmt::join(names, ", "));
}

}  // namespace gateway::commands
