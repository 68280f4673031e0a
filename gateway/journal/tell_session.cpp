#include "gateway/journal/tell_session.h"

#include <fmt/format.h>

#include "gateway/journal/conclusion.h"
#include "gateway/journal/local_time.h"

namespace gateway::journal {
namespace {

std::string yes(bool value, std::string_view word) {
  return value ? fmt::format(", {}", word) : std::string();
}

}  // namespace

std::string tell(const SessionEntry& entry, PageStyle style) {
  Page page(style);
  page.line(entry.detail.empty() ? "" : fmt::format(": {}", entry.detail),
            fmt::format("ended: {}", entry.ended), Page::Tone::doubtful);
  if (entry.verdict) {
    const Conclusion end = conclusion(*entry.verdict, entry.reply);
    page.line(fmt::format("verdict: {}, by {}", end.action, end.rule));
  }
  if (!entry.refused_by.empty()) page.line(fmt::format("refused: by {}", entry.refused_by));
  if (!entry.reply.empty()) page.line(fmt::format("reply:   {}", entry.reply));
  page.section("connection without a message");
  page.line(fmt::format("id        {}, {}", entry.id, local_time(entry.start)));
  page.line(fmt::format("client    {} [{}]{}", entry.client_name.empty() ? "unknown" : entry.client_name,
                        entry.client->ip.text(),
                        entry.client->helo.empty() ? "" : ", HELO " + entry.client->helo));
  page.line(fmt::format("commands  {}, {} of them wrong; the last was {}", entry.commands, entry.errors,
                        entry.last_command.empty() ? "none" : entry.last_command));
  if (entry.unrecorded > 0)
    page.line(fmt::format("before    {} connections were not recorded, since there were too many",
                          entry.unrecorded));
  return page.take();
}

std::string tell_origin(const Preamble& preamble, PageStyle style) {
  const smtp::Client& client = *preamble.client;
  Page page(style);
  page.section("session");
  page.line(fmt::format("from     {} port {} to {}{}", client.ip.text(), client.port, client.listener,
                        client.peer == client.ip ? "" : ", through " + client.peer.text()));
  page.line(fmt::format("spoke    {}{}{}{}{}", client.esmtp ? "ESMTP" : "SMTP",
                        client.tls.version.empty()
                            ? ", in clear"
                            : fmt::format(", {} {}", client.tls.version, client.tls.cipher),
                        yes(client.early_talker, "before the greeting"), yes(client.trusted, "trusted"),
                        yes(client.relay, "a relay")));
  if (!client.tls.client_name.empty())
    page.line(fmt::format("showed   a certificate of {}", client.tls.client_name));
  page.line(fmt::format("took     {:.3f} s", preamble.duration));
  page.line(fmt::format("judged   by {} in mode {}, policy {}", preamble.hostname, preamble.mode,
                        preamble.policy_version));
  return page.take();
}

}  // namespace gateway::journal
