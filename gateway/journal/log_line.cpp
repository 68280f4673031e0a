#include "gateway/journal/log_line.h"

#include <fmt/format.h>

#include "gateway/journal/conclusion.h"
#include "gateway/journal/log_words.h"

namespace gateway::journal {
namespace {

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

std::string log_line(const SessionEntry& entry) {
  std::string line = fmt::format("{} session={}", word(entry.id), word(entry.ended));
  if (entry.verdict) {
    const Conclusion end = conclusion(*entry.verdict, entry.reply);
    line += fmt::format(" verdict={} rule={}", word(end.action), word(end.rule));
  }
  line += fmt::format(" client={} listener={} helo={} tls={} commands={} errors={} last={}",
                      word(fmt::format("unknown[{}]", entry.client.ip.text())), word(entry.client.listener),
                      word(entry.client.helo), word(entry.client.tls.version), entry.commands, entry.errors,
                      word(entry.last_command));
  line += fmt::format(" by={} detail={} reply={} delay={:.2f} unrecorded={}", word(entry.refused_by),
                      quoted(printable(entry.detail)), quoted(printable(entry.reply)), entry.duration,
                      entry.unrecorded);
  return line;
}

}  // namespace gateway::journal
