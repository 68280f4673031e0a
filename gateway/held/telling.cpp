#include "gateway/held/telling.h"

#include <fmt/format.h>

#include <algorithm>

namespace gateway::held {
namespace {

using delivery::Fate;
using journal::Audit;

// "550 5.1.1 nobody is there": as the mailstore said it, else what went wrong.
std::string reply_of(const delivery::Delivered& copy) {
  std::string reply;
  if (copy.code != 0) reply = std::to_string(copy.code);
  if (!copy.enhanced.empty()) reply += (reply.empty() ? "" : " ") + copy.enhanced;
  if (!copy.text.empty()) reply += (reply.empty() ? "" : " ") + copy.text;
  return reply;
}

std::size_t count(const Audit& audit, Fate fate) {
  return static_cast<std::size_t>(std::ranges::count(audit.recipients, std::string(delivery::name(fate)),
                                                     &journal::AuditedRecipient::fate));
}

}  // namespace

void note_report(const std::vector<smtp::Recipient>& recipients, const delivery::DeliveryReport& report,
                 Audit& audit) {
  audit.server = report.server;
  audit.queue_id = report.queue_id;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    const delivery::Delivered copy =
        i < report.recipients.size() ? report.recipients[i] : delivery::Delivered();
    std::string reply = reply_of(copy);
    if (reply.empty()) reply = report.detail;
    audit.recipients.push_back(
        {recipients[i].address.text(), std::string(delivery::name(copy.fate)), std::move(reply)});
  }
}

void note_trouble(const std::string& trouble, Audit& audit) {
  if (trouble.empty()) return;
  if (audit.result == "done") audit.result = "partly";
  const bool asked_for = audit.action == "release";  // what is marked goes out again when somebody says so
  if (audit.left > 0)
    audit.detail = fmt::format(
        "who has got his copy cannot be written down: {}. {}", printable(trouble),
        asked_for ? "Make room on the disk: after a restart of the gateway they seem to wait for it still"
                  : "Make room on the disk before the gateway is restarted, or they get it once more");
  else
    audit.detail = fmt::format(
        "nobody waits for it any more, but its file cannot be removed: {}. {}", printable(trouble),
        asked_for ? "Mend the disk and delete the message"
                  : "Mend the disk, or remove the file before the gateway is restarted, or it goes out once "
                    "more");
}

void conclude(Audit& audit) {
  const std::size_t taken = count(audit, Fate::taken);
  audit.result = taken == audit.recipients.size() ? "done" : taken > 0 ? "partly" : "failed";
  if (audit.result == "done") return;
  const std::size_t perhaps = count(audit, Fate::perhaps_delivered);
  audit.detail = perhaps > 0
                     ? "the connection was lost before the mailstore's answer came: look there before "
                       "you release it again"
                     : "";
}

}  // namespace gateway::held
