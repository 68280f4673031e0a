#include "gateway/journal/tell.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/journal/conclusion.h"
#include "gateway/journal/page.h"
#include "gateway/journal/tell_evidence.h"
#include "gateway/journal/wording.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kLongest = 1000;  // of one text from outside

std::string shown(std::string_view text) { return printable(text, kLongest); }
std::string joined(const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, ", ")); }

template <class Rows, class Width>
std::size_t widest(const Rows& rows, Width width) {
  std::size_t most = 0;
  for (const auto& row : rows) most = std::max(most, width(row));
  return std::min<std::size_t>(most, 40);
}

Page::Tone tone_of(std::string_view action) {
  if (action == "accept" || action == "tag") return Page::Tone::good;
  if (action == "reject") return Page::Tone::bad;
  return action == "open" ? Page::Tone::plain : Page::Tone::doubtful;
}

void tell_verdict(Page& page, const Entry& entry) {
  const Conclusion end = conclusion(entry);
  std::string more;
  if (!end.rule.empty()) more += fmt::format(", by {}", shown(end.rule));
  if (entry.verdict->score != 0) more += fmt::format(", score {}", entry.verdict->score);
  page.line(more, fmt::format("verdict: {}", end.action == "open" ? "not decided" : shown(end.action)),
            tone_of(end.action));
  if (!end.reply().empty()) page.line(fmt::format("reply:   {}", shown(end.reply())));
  if (!entry.verdict->override_reason.empty())
    page.line(fmt::format("         DMARC passed over: {}", shown(entry.verdict->override_reason)));
  for (const std::string& trouble : entry.verdict->trouble)
    page.line(fmt::format("trouble: {}", shown(trouble)));
  if (!entry.verdict->trial.empty())
    page.line(fmt::format("trial:   would have counted: {}", shown(joined(entry.verdict->trial))));
}

void tell_transaction(Page& page, const Entry& entry) {
  page.section("claimed");
  for (const Said& one : claims(entry)) page.line(fmt::format("{:8} {}", one.about, one.text));
}

void tell_recipients(Page& page, const Entry& entry) {
  page.section("recipients");
  for (const RecipientEntry& recipient : entry.recipients) {
    const Conclusion end = conclusion(recipient);
    std::string line = fmt::format("<{}>  {}", recipient.address, end.action);
    if (!end.rule.empty()) line.append(", by ").append(end.rule);
    if (!recipient.fate.empty()) line.append(", ").append(recipient.fate);
    if (!end.reply().empty() && end.reply() != entry.reply) line.append(": ").append(end.reply());
    page.line(line);
  }
}

void tell_rules(Page& page, const Entry& entry) {
  const auto& rules = entry.verdict->rules;
  const auto width = widest(rules, [](const policy::RuleOutcome& rule) { return rule.id.size(); });
  page.section("rules");
  for (const policy::RuleOutcome& rule : rules)
    page.line(fmt::format("{:{}}  {:7}{}{}", rule.id, width, name(rule.held), rule.trial ? "  on trial" : "",
                          rule.because.empty() ? "" : "  because of " + joined(rule.because)));
}

void tell_facts(Page& page, const Entry& entry) {
  const auto width = widest(entry.facts, [](const FactEntry& row) { return row.name.size(); });
  page.section("facts");
  for (const FactEntry& row : entry.facts)
    page.line(fmt::format("{:{}}  {}", row.name, width, shown(said(row))));
}

void tell_dns(Page& page, const Entry& entry) {
  page.section("DNS");
  for (const DnsEntry& row : entry.answers)
    page.line(fmt::format("{} {}  {}", row.question->shown(), name(row.question->type), said(row)));
}

void tell_state(Page& page, const Entry& entry) {
  page.section("remembered");
  for (const StateEntry& row : entry.state)
    page.line(fmt::format("{}  {}", to_text(Question(*row.question)), shown(said(row))));
}

void tell_delivery(Page& page, const Entry& entry) {
  page.section("delivery");
  const DeliveryEntry& delivery = *entry.delivery;
  if (!delivery.server.empty()) page.line(fmt::format("to {}  {}", delivery.server, delivery.queue_id));
  if (!delivery.detail.empty()) page.line(delivery.detail);
  for (const DeliveredEntry& row : delivery.recipients)
    page.line(fmt::format("<{}>  {}  {} {} {}", row.address, row.fate, row.code, row.enhanced, row.text));
  if (!entry.held.empty()) page.line(fmt::format("held: {}", entry.held));
  if (entry.stages.any()) page.line(fmt::format("took: {}", said(entry.stages)));
}

void tell_headers(Page& page, const Entry& entry) {
  page.section("headers on top");
  for (const std::string& field : entry.added_headers) {
    for (std::string_view rest = trim(field, "\r\n"); !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find("\r\n"));
      page.line((line.starts_with('\t') ? "        " : "") + std::string(trim(line, "\t")));
      rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    }
  }
}

}  // namespace

std::string tell(const Entry& entry, PageStyle style) {
  Page page(style);
  tell_verdict(page, entry);
  tell_transaction(page, entry);
  tell_recipients(page, entry);
  tell_evidence(page, entry);
  tell_rules(page, entry);
  tell_facts(page, entry);
  tell_dns(page, entry);
  if (!entry.state.empty()) tell_state(page, entry);
  tell_delivery(page, entry);
  tell_headers(page, entry);
  return page.take();
}

}  // namespace gateway::journal
