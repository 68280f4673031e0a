#include "gateway/journal/tell.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "gateway/journal/conclusion.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kLongest = 1000;  // of one text from outside

// A paragraph with a title; left out when it has no lines.
class Section {
 public:
  Section(std::string& out, std::string_view title) : out_(out), title_(title) {}
  void line(std::string_view text) {
    if (!begun_) out_.append("\n").append(title_).append("\n");
    begun_ = true;
    std::string shown = printable(text, 4 * kLongest);
    shown.erase(shown.find_last_not_of(' ') + 1);
    out_.append("  ").append(shown).append("\n");
  }

 private:
  std::string& out_;
  std::string_view title_;
  bool begun_ = false;
};

// As people here read a clock, with its offset.
std::string local_time(Time when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  char text[40];
  if (!::localtime_r(&seconds, &parts) ||
      std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &parts) == 0)
    return to_text(when);
  return text;
}

std::string shown(std::string_view text) { return printable(text, kLongest); }
std::string joined(const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, ", ")); }

template <class Rows, class Width>
std::size_t widest(const Rows& rows, Width width) {
  std::size_t most = 0;
  for (const auto& row : rows) most = std::max(most, width(row));
  return std::min<std::size_t>(most, 40);
}

void tell_verdict(std::string& out, const Entry& entry) {
  const Conclusion end = conclusion(entry);
  out += fmt::format("verdict: {}", end.action == "open" ? "not decided" : shown(end.action));
  if (!end.rule.empty()) out += fmt::format(", by {}", shown(end.rule));
  if (entry.verdict->score != 0) out += fmt::format(", score {}", entry.verdict->score);
  out += "\n";
  if (!end.reply().empty()) out += fmt::format("reply:   {}\n", shown(end.reply()));
  if (!entry.verdict->override_reason.empty())
    out += fmt::format("         DMARC passed over: {}\n", shown(entry.verdict->override_reason));
  for (const std::string& trouble : entry.verdict->trouble)
    out += fmt::format("trouble: {}\n", shown(trouble));
  if (!entry.verdict->trial.empty())
    out += fmt::format("trial:   would have counted: {}\n", shown(joined(entry.verdict->trial)));
}

void tell_transaction(std::string& out, const Entry& entry) {
  Section section(out, "transaction");
  if (!entry.id.empty()) section.line(fmt::format("id       {}, {}", entry.id, local_time(entry.start)));
  const bool known = std::ranges::none_of(
      entry.facts, [](const FactEntry& row) { return row.name == "client.ip" && !row.fact->known(); });
  section.line(fmt::format("client   {}{}{}", entry.client_name.empty() ? "unknown" : entry.client_name,
                           known ? " [" + entry.client->ip.text() + "]" : "",
                           entry.client->helo.empty() ? "" : ", HELO " + entry.client->helo));
  section.line(fmt::format("from     <{}>", entry.sender));
  if (!entry.header_from.empty()) section.line(fmt::format("author   {}", entry.header_from));
  if (!entry.subject.empty()) section.line(fmt::format("subject  {}", entry.subject));
  if (!entry.message_id.empty())
    section.line(fmt::format("message  {}, {} octets", entry.message_id, entry.size));
}

void tell_recipients(std::string& out, const Entry& entry) {
  Section section(out, "recipients");
  for (const RecipientEntry& recipient : entry.recipients) {
    const Conclusion end = conclusion(recipient);
    std::string line = fmt::format("<{}>  {}", recipient.address, end.action);
    if (!end.rule.empty()) line.append(", by ").append(end.rule);
    if (!recipient.fate.empty()) line.append(", ").append(recipient.fate);
    if (!end.reply().empty() && end.reply() != entry.reply) line.append(": ").append(end.reply());
    section.line(line);
  }
}

void tell_evidence(std::string& out, const Entry& entry) {
  const auto method = widest(entry.evidence, [](const Evidence& row) { return row.method.size(); });
  Section section(out, "evidence");
  for (const Evidence& evidence : entry.evidence) {
    std::string line = fmt::format("{:{}}  {:9}", evidence.method, method, name(evidence.outcome));
    if (!evidence.value.empty()) line += fmt::format("  {}={}", evidence.property, shown(evidence.value));
    for (const auto& [key, detail] : evidence.details) line += fmt::format("  {}={}", key, shown(detail));
    if (!evidence.reason.empty()) line += fmt::format("  ({})", shown(evidence.reason));
    section.line(line);
    for (const Step& step : evidence.steps)
      section.line(fmt::format(
          "{:{}}{}{}", "", 4 + 2 * std::min(step.depth, 10U),
          step.asked ? fmt::format("{} {}: ", shown(step.asked->name), name(step.asked->type)) : "",
          shown(step.meaning)));
  }
}

void tell_rules(std::string& out, const Entry& entry) {
  const auto& rules = entry.verdict->rules;
  const auto width = widest(rules, [](const policy::RuleOutcome& rule) { return rule.id.size(); });
  Section section(out, "rules");
  for (const policy::RuleOutcome& rule : rules)
    section.line(fmt::format("{:{}}  {:7}{}{}", rule.id, width, name(rule.held),
                             rule.trial ? "  on trial" : "",
                             rule.because.empty() ? "" : "  because of " + joined(rule.because)));
}

void tell_facts(std::string& out, const Entry& entry) {
  const auto width = widest(entry.facts, [](const FactEntry& row) { return row.name.size(); });
  Section section(out, "facts");
  for (const FactEntry& row : entry.facts) {
    std::string value = row.fact->known()      ? to_text(row.fact->value)
                        : row.fact->troubled() ? "troubled: " + joined(row.fact->because)
                                               : "not known";
    section.line(fmt::format("{:{}}  {}", row.name, width, shown(value)));
  }
}

std::string data(const DnsEntry& row) {
  std::vector<std::string> texts;
  for (const DnsRecord& record : row.answer->records) {
    switch (row.question->type) {
      case RecordType::a:
      case RecordType::aaaa: texts.push_back(record.address.text()); break;
      case RecordType::mx: texts.push_back(fmt::format("{} {}", record.preference, record.text)); break;
      case RecordType::txt: texts.push_back("\"" + shown(record.text) + "\""); break;
      default: texts.push_back(record.text);
    }
  }
  return joined(texts);
}

void tell_dns(std::string& out, const Entry& entry) {
  Section section(out, "DNS");
  for (const DnsEntry& row : entry.answers) {
    std::string line =
        fmt::format("{} {}  {}", row.question->name, name(row.question->type), name(row.answer->status));
    if (row.answer->secure) line += ", secure";
    if (!row.answer->records.empty()) line += "  " + data(row);
    section.line(line);
  }
}

void tell_delivery(std::string& out, const Entry& entry) {
  Section section(out, "delivery");
  const DeliveryEntry& delivery = *entry.delivery;
  if (!delivery.server.empty()) section.line(fmt::format("to {}  {}", delivery.server, delivery.queue_id));
  if (!delivery.detail.empty()) section.line(delivery.detail);
  for (const DeliveredEntry& row : delivery.recipients)
    section.line(fmt::format("<{}>  {}  {} {} {}", row.address, row.fate, row.code, row.enhanced, row.text));
  if (!entry.held.empty()) section.line(fmt::format("held: {}", entry.held));
}

void tell_headers(std::string& out, const Entry& entry) {
  Section section(out, "headers on top");
  for (const std::string& field : entry.added_headers) {
    for (std::string_view rest = trim(field, "\r\n"); !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find("\r\n"));
      section.line((line.starts_with('\t') ? "        " : "") + std::string(trim(line, "\t")));
      rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    }
  }
}

}  // namespace

std::string tell(const Entry& entry) {
  std::string out;
  tell_verdict(out, entry);
  tell_transaction(out, entry);
  tell_recipients(out, entry);
  tell_evidence(out, entry);
  tell_rules(out, entry);
  tell_facts(out, entry);
  tell_dns(out, entry);
  tell_delivery(out, entry);
  tell_headers(out, entry);
  return out;
}

}  // namespace gateway::journal
