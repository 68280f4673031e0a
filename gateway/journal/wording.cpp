#include "gateway/journal/wording.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/journal/local_time.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kLongest = 1000;  // of one text from outside

std::string joined(const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, ", ")); }

std::string yes(bool value, std::string_view word) {
  return value ? fmt::format(", {}", word) : std::string();
}

std::string client(const Preamble& preamble, bool address_known) {
  return fmt::format("{}{}{}", preamble.client_name.empty() ? "unknown" : preamble.client_name,
                     address_known ? " [" + preamble.client->ip.text() + "]" : "",
                     preamble.client->helo.empty() ? "" : ", HELO " + preamble.client->helo);
}

std::string one_record(RecordType type, const DnsRecord& record, std::size_t longest) {
  switch (type) {
    case RecordType::a:
    case RecordType::aaaa: return record.address.text();
    case RecordType::mx: return fmt::format("{} {}", record.preference, printable(record.text, longest));
    case RecordType::txt: return fmt::format("\"{}\"", printable(record.text, longest));
    default: return printable(record.text, longest);
  }
}

// "0.2 ms", "95 ms", "12.3 s"
std::string duration(std::chrono::microseconds took) {
  const double milliseconds = static_cast<double>(took.count()) / 1000;
  if (milliseconds < 10) return fmt::format("{:.1f} ms", milliseconds);
  if (milliseconds < 1000) return fmt::format("{:.0f} ms", milliseconds);
  return fmt::format("{:.1f} s", milliseconds / 1000);
}

}  // namespace

std::vector<Said> claims(const Entry& entry) {
  std::vector<Said> all;
  if (!entry.id.empty()) all.push_back({"id", fmt::format("{}, {}", entry.id, local_time(entry.start))});
  const bool known = std::ranges::none_of(
      entry.facts, [](const FactEntry& row) { return row.name == "client.ip" && !row.fact->known(); });
  all.push_back({"client", client(entry, known)});
  all.push_back({"from", fmt::format("<{}>", entry.sender)});
  if (!entry.header_from.empty()) all.push_back({"author", std::string(entry.header_from)});
  if (!entry.subject.empty()) all.push_back({"subject", std::string(entry.subject)});
  if (!entry.message_id.empty())
    all.push_back({"message", fmt::format("{}, {} octets", entry.message_id, entry.size)});
  return all;
}

std::vector<Said> origin(const Preamble& preamble) {
  const smtp::Client& client = *preamble.client;
  std::vector<Said> all;
  all.push_back({"from", fmt::format("{} port {} to {}{}", client.ip.text(), client.port, client.listener,
                                     client.peer == client.ip ? "" : ", through " + client.peer.text())});
  all.push_back({"spoke", fmt::format("{}{}{}{}{}", client.esmtp ? "ESMTP" : "SMTP",
                                      client.tls.version.empty()
                                          ? ", in clear"
                                          : fmt::format(", {} {}", client.tls.version, client.tls.cipher),
                                      yes(client.early_talker, "before the greeting"),
                                      yes(client.trusted, "trusted"), yes(client.relay, "a relay"))});
  if (!client.tls.client_name.empty())
    all.push_back({"showed", fmt::format("a certificate of {}", client.tls.client_name)});
  all.push_back({"took", fmt::format("{:.3f} s", preamble.duration)});
  all.push_back({"judged", fmt::format("by {} in mode {}, policy {}", preamble.hostname, preamble.mode,
                                       preamble.policy_version)});
  return all;
}

std::vector<Said> happened(const SessionEntry& entry) {
  std::vector<Said> all;
  all.push_back({"id", fmt::format("{}, {}", entry.id, local_time(entry.start))});
  all.push_back({"client", client(entry, true)});
  all.push_back(
      {"commands", fmt::format("{}, {} of them wrong; the last was {}", entry.commands, entry.errors,
                               entry.last_command.empty() ? "none" : entry.last_command)});
  if (entry.unrecorded > 0)
    all.push_back({"before", fmt::format("{} connections were not recorded, since there were too many",
                                         entry.unrecorded)});
  return all;
}

std::string said(const Stages& stages) {
  std::string text;
  for (std::size_t i = 0; i < kStageNames.size(); ++i) {
    const auto took = stages.of(static_cast<Stage>(i));
    if (!took || static_cast<Stage>(i) == Stage::dns) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", kStageNames[i], duration(*took));
  }
  const auto dns = stages.of(Stage::dns);
  if (dns && dns->count() > 0) text += fmt::format("; {} of it for answers of the DNS", duration(*dns));
  return text;
}

std::string said(const FactEntry& fact) {
  if (!fact.recorded) return "not recorded: " + joined(fact.fact->because);
  if (fact.fact->known()) return to_text(fact.fact->value);
  return fact.fact->troubled() ? "troubled: " + joined(fact.fact->because) : "not known";
}

std::string said(const StateEntry& state) {
  const StateAnswer& answer = *state.answer;
  if (!answer.failed.empty()) return "no answer: " + answer.failed;
  if (state.question->asks == StateQuestion::Asks::rate)
    return fmt::format("{} in {} min", answer.rate, state.question->window.count() / 60);
  if (!answer.mark) return "never seen";
  return fmt::format("{} times, first {}, last {}", answer.mark->count, to_text(Value(answer.mark->first)),
                     to_text(Value(answer.mark->last)));
}

std::string said(const DnsEntry& answer) {
  std::string text{name(answer.answer->status)};
  if (answer.answer->secure) text += ", secure";
  if (!answer.answer->records.empty()) text += "  " + records_of(answer, kLongest);
  return text;
}

std::string records_of(const DnsEntry& answer, std::size_t longest) {
  std::string text;
  for (const DnsRecord& record : answer.answer->records) {
    if (!text.empty()) text += ", ";
    text += one_record(answer.question->type, record, longest);
  }
  return text;
}

const DnsEntry* answer_to(const Entry& entry, const DnsQuestion& question) {
  const auto row =
      std::ranges::find_if(entry.answers, [&](const DnsEntry& one) { return *one.question == question; });
  return row == entry.answers.end() ? nullptr : &*row;
}

}  // namespace gateway::journal
