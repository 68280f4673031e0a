#include "gateway/web/access/origin.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "gateway/journal/log_words.h"

namespace gateway::web::access {
namespace {

// "localhost:8025" is localhost; "[::1]:8025" is ::1; what is neither a name nor an address with perhaps a
// port is empty.  RFC 9110 §7.2
std::string_view without_port(std::string_view host) {
  const bool is_bracketed = host.starts_with('[');
  const std::size_t end = is_bracketed ? host.find(']') : std::min(host.find(':'), host.size());
  if (end == host.npos) return {};
  const std::string_view port = host.substr(end + (is_bracketed ? 1 : 0));
  if (!port.empty() && (port[0] != ':' || port.find_first_not_of("0123456789", 1) != port.npos)) return {};
  return is_bracketed ? host.substr(1, end - 1) : host.substr(0, end);
}

}  // namespace

bool is_cross_site(const Request& request) {
  const std::string_view site = request.header("Sec-Fetch-Site");
  if (!site.empty()) return site != "same-origin" && site != "none";
  // "null" is what our own pages send as well: they tell nobody where they come from.
  std::string_view origin = request.header("Origin");
  if (origin.empty() || origin == "null") return false;
  const std::size_t scheme = origin.find("://");
  if (scheme == origin.npos) return true;
  return !equal_nocase(origin.substr(scheme + 3), request.header("Host"));
}

bool names_us(std::string_view host, std::span<const std::string> names) {
  const std::string_view name = without_port(host);
  if (equal_nocase(name, "localhost")) return true;
  if (const auto ip = IpAddress::parse(name); ip && ip->is_loopback()) return true;
  return std::ranges::any_of(names, [&](const std::string& one) { return equal_nocase(name, one); });
}

void log_refusal(std::string_view why, const Request& request) {
  journal::LogWords line;
  line.word("event=review_refused why=", {why})
      .quoted(" host=", request.header("Host"))
      .quoted(" path=", request.path)
      .word(" client=", {request.peer.text()});
  spdlog::warn("{}", line.view());
}

}  // namespace gateway::web::access
