#include "gateway/journal/log_line.h"

#include "gateway/journal/conclusion.h"

namespace gateway::journal {
namespace {

std::string_view shown(std::optional<Outcome> outcome) { return outcome ? name(*outcome) : ""; }

}  // namespace

void write_log_line(LogWords& line, const Entry& entry) {
  const Conclusion end = conclusion(entry);
  line.word("", {entry.id}).word(" verdict=", {end.action}).word(" rule=", {end.rule});
  const std::string ip = entry.client->ip.text();
  line.word(" client=", {entry.client_name.empty() ? "unknown" : entry.client_name, "[", ip, "]"});
  line.word(" helo=", {entry.client->helo}).word(" from=", {"<", entry.sender, ">"});
  line.word(" hfrom=", {entry.header_from});
  if (entry.recipients.empty())
    line.word(" to=", {});
  else
    line.word(" to=", {"<", entry.recipients.front().address, ">"});
  line.number(" nrcpt=", entry.recipients.size()).number(" size=", entry.size);
  line.word(" msgid=", {entry.message_id});
  line.word(" spf=", {shown(shown_outcome(entry, "spf.mailfrom", "spf", "smtp.mailfrom"))});
  line.word(" dkim=", {shown(shown_outcome(entry, "dkim.result", "dkim"))});
  line.word(" dmarc=", {shown(shown_outcome(entry, "dmarc.result", "dmarc"))});
  line.word(" relay=", {entry.relay.empty() ? entry.delivery->server : entry.relay});
  line.quoted(" reply=", end.reply()).seconds(" delay=", entry.duration);
}

std::string log_line(const SessionEntry& entry) {
  LogWords line;
  line.word("", {entry.id}).word(" session=", {entry.ended});
  if (entry.verdict) {
    const Conclusion end = conclusion(*entry.verdict, entry.reply);
    line.word(" verdict=", {end.action}).word(" rule=", {end.rule});
  }
  line.word(" client=", {"unknown[", entry.client->ip.text(), "]"});
  line.word(" listener=", {entry.client->listener}).word(" helo=", {entry.client->helo});
  line.word(" tls=", {entry.client->tls.version}).number(" commands=", entry.commands);
  line.number(" errors=", entry.errors).word(" last=", {entry.last_command});
  line.word(" by=", {entry.refused_by}).quoted(" detail=", entry.detail).quoted(" reply=", entry.reply);
  return line.seconds(" delay=", entry.duration).number(" unrecorded=", entry.unrecorded).str();
}

}  // namespace gateway::journal
