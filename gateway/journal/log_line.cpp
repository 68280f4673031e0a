#include "gateway/journal/log_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/journal/conclusion.h"

namespace gateway::journal {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("@.-_+:/<>[]!#$%&*?~").find(c) != std::string_view::npos;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

std::string word(std::string_view text) {
  const std::string shown = printable(text);
  return std::all_of(shown.begin(), shown.end(), is_plain) ? shown : quoted(shown);
}

std::string path(std::string_view address) { return word(fmt::format("<{}>", address)); }

std::string_view shown(std::optional<Outcome> outcome) { return outcome ? name(*outcome) : ""; }

}  // namespace

std::string log_line(const Entry& entry) {
  const Conclusion end = conclusion(entry);
  const std::string client_name = entry.client_name.empty() ? "unknown" : entry.client_name;
  const std::string to = entry.recipients.empty() ? "" : path(entry.recipients.front().address);
  const std::string& relay = entry.relay.empty() ? entry.delivery.server : entry.relay;
  std::string line =
      fmt::format("{} verdict={} rule={} client={} helo={} from={} hfrom={} to={} nrcpt={} size={} msgid={}",
                  word(entry.id), word(end.action), word(end.rule),
                  word(fmt::format("{}[{}]", client_name, entry.client.ip.text())), word(entry.client.helo),
                  path(entry.sender), word(entry.header_from), to, entry.recipients.size(), entry.size,
                  word(entry.message_id));
  line += fmt::format(" spf={} dkim={} dmarc={} relay={} reply={} delay={:.2f}",
                      shown(shown_outcome(entry, "spf.mailfrom", "spf", "smtp.mailfrom")),
                      shown(shown_outcome(entry, "dkim.result", "dkim")),
                      shown(shown_outcome(entry, "dmarc.result", "dmarc")), word(relay),
                      quoted(printable(end.reply)), entry.duration);
  return line;
}

}  // namespace gateway::journal
