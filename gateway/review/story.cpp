#include "gateway/review/story.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/journal/conclusion.h"
#include "gateway/journal/wording.h"
#include "gateway/review/markup.h"
#include "gateway/web/parts.h"

namespace gateway::review::story {
namespace {

using journal::Conclusion;
using journal::DnsEntry;
using journal::Entry;
using web::html;
using web::Html;
using Kind = web::Table::Kind;

constexpr std::size_t kLongest = 1000;       // octets of one text from outside
constexpr std::size_t kLongestRecord = 400;  // where the whole of it stands further below
constexpr std::size_t kDeepest = 10;
constexpr std::string_view kRemedy = "remedy";

std::string shown(std::string_view text) { return printable(text, kLongest); }

std::string joined(const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, ", ")); }

std::string_view verb(std::string_view action) {
  if (action == "accept") return "Accepted";
  if (action == "tag") return "Accepted, with a tag";
  if (action == "reject") return "Refused";
  if (action == "defer") return "Deferred";
  if (action == "quarantine") return "Put in quarantine";
  return "Not decided";
}

Html rule_link(std::string_view rule) {
  if (rule.starts_with('@')) return html("<code>{}</code>", rule);
  return html("<a href='{}'><code>{}</code></a>", web::Url("/policy").at(fmt::format("rule-{}", rule)), rule);
}

// The tone of a result, as a class.
std::string_view tone_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return "good";
    case Outcome::fail:
    case Outcome::permerror: return "bad";
    case Outcome::softfail:
    case Outcome::policy:
    case Outcome::temperror: return "doubtful";
    case Outcome::none:
    case Outcome::neutral: break;
  }
  return "plain";
}

Html details_of(const std::vector<journal::Said>& list) {
  std::vector<std::pair<std::string_view, Html>> rows;
  for (const journal::Said& one : list) rows.emplace_back(one.about, html("{}", shown(one.text)));
  return web::details(rows);
}

Html asked(const Entry& entry, const DnsQuestion& question) {
  const DnsEntry* const row = journal::answer_to(entry, question);
  Html answer;
  if (row && !row->answer->records.empty())
    answer = html("<code class='record'>{}</code>", journal::records_of(*row, kLongestRecord));
  else if (row)
    answer = html("<span class='record'>{}</span>", name(row->answer->status));
  return html("<div class='asked'><code>{} {}</code>{}</div>", shown(question.shown()), name(question.type),
              answer);
}

Html steps(const Entry& entry, const Evidence& evidence) {
  Html items;
  for (const Step& step : evidence.steps)
    items += html("<li class='depth-{}'>{}{}</li>", std::min<std::size_t>(step.depth, kDeepest),
                  step.asked ? asked(entry, *step.asked) : Html(), html("<p>{}</p>", shown(step.meaning)));
  return items.empty() ? Html() : html("<ol class='steps'>{}</ol>", items);
}

Html finding(const Entry& entry, const Evidence& evidence) {
  Html what;
  if (!evidence.value.empty())
    what += html("<span class='identity'>{}{}<code>{}</code></span>", evidence.property,
                 evidence.property.empty() ? "" : " ", shown(evidence.value));
  for (const auto& [key, detail] : evidence.details)
    if (key != kRemedy) what += html(" <span class='quiet'>{}=</span><code>{}</code>", key, shown(detail));
  Html remedy;
  if (const std::string* const text = evidence.detail(kRemedy))
    remedy = html("<p class='remedy'><strong>To make it pass:</strong> {}</p>", shown(*text));
  const Html reason = evidence.reason.empty() ? Html() : html("<p>{}</p>", shown(evidence.reason));
  return html(
      "<li class='finding {}'><div class='head'><span class='method'>{}</span><span class='state "
      "{}'>{}</span> {}</div>{}{}{}</li>",
      tone_of(evidence.outcome), evidence.method, tone_of(evidence.outcome), name(evidence.outcome), what,
      reason, steps(entry, evidence), remedy);
}

std::string_view held_word(policy::Truth truth) {
  switch (truth) {
    case policy::Truth::yes: return "held";
    case policy::Truth::no: return "did not hold";
    default: return "unknown";
  }
}

// What a rule came to in the whole.
Html part_of(const policy::RuleOutcome& rule, bool decided, bool below) {
  if (decided) return html("<strong>decided</strong>");
  if (rule.trial)
    return rule.held == policy::Truth::yes && !below ? html("on trial, would have counted")
                                                     : html("on trial");
  if (below) return {};
  return rule.held == policy::Truth::yes ? html("counted") : Html();
}

// Not every mailstore has codes.
std::string answer_of(const journal::DeliveredEntry& row) {
  const std::string code = row.code > 0 ? std::to_string(row.code) : std::string();
  return std::string(trim(fmt::format("{} {} {}", code, row.enhanced, row.text), " "));
}

web::Table rule_table(std::string_view caption) {
  return {caption, {{"rule", Kind::code}, {"condition"}, {"part"}, {"because of", Kind::wide}}};
}

std::vector<Html> rule_row(const policy::RuleOutcome& rule, bool decided, bool below) {
  const std::string_view held = rule.held == policy::Truth::yes  ? "yes"
                                : rule.held == policy::Truth::no ? "no"
                                                                 : "open";
  return {rule_link(rule.id), html("<span class='held {}'>{}</span>", held, held_word(rule.held)),
          part_of(rule, decided, below), html("{}", shown(joined(rule.because)))};
}

std::string all_records(const DnsEntry& row) {
  return printable(journal::records_of(row, kLongest), 4 * kLongest);
}

Html handed_over(const Entry& entry) {
  const journal::DeliveryEntry& delivery = *entry.delivery;
  Html body;
  if (entry.held == "quarantine")
    body +=
        html("<p>It waits in <a href='{}'>quarantine</a>, unless somebody has released or deleted it.</p>",
             web::Url("/quarantine").below(entry.id));
  else if (!entry.held.empty())
    body += html("<p>It was kept on our disk and is tried again until the mailstore takes it.</p>");
  if (delivery.mailstore.empty() && delivery.recipients.empty()) {
    if (!delivery.detail.empty()) return body + html("<p>{}</p>", shown(delivery.detail));
    return body.empty() ? html("<p class='quiet'>Nothing was handed over.</p>") : body;
  }
  body += web::details({{"mailstore", html("{}", delivery.mailstore)},
                        {"server", web::code(delivery.server)},
                        {"queue id", web::code(shown(delivery.queue_id))},
                        {"detail", html("{}", shown(delivery.detail))}});
  web::Table table("Answers of the mailstore", {{"recipient", Kind::code}, {"fate"}, {"answer", Kind::wide}});
  for (const journal::DeliveredEntry& row : delivery.recipients)
    table.row({html("{}", shown(row.address)), html("{}", row.fate), web::code(shown(answer_of(row)))});
  return table.empty() ? body : body + table.html();
}

}  // namespace

Html verdict(const Entry& entry) {
  const Conclusion end = journal::conclusion(entry);
  const bool tagged = end.action == "accept" && !entry.verdict->tags.empty();
  const std::string_view action = tagged ? "tag" : end.action;
  Html by;
  if (!end.rule.empty()) by += html(" by {}", rule_link(end.rule));
  if (entry.verdict->score != 0) by += html(", score {}", fmt::format("{}", entry.verdict->score));
  Html more;
  if (!end.reply().empty())
    more += html("<p class='said'><span class='quiet'>{}</span> <code>{}</code></p>",
                 end.said.empty() ? "The sender would be told:" : "The sender was told:", shown(end.reply()));
  if (!entry.verdict->override_reason.empty())
    more += html("<p>DMARC was passed over: {}</p>", shown(entry.verdict->override_reason));
  for (const std::string& trouble : entry.verdict->trouble)
    more += html("<p>Trouble: {}</p>", shown(trouble));
  for (const policy::Tag& tag : entry.verdict->tags)
    more += html("<p>Tagged by <code>{}</code>{}{}</p>", tag.rule,
                 tag.subject.empty() ? Html() : html(", subject begins <code>{}</code>", tag.subject),
                 tag.header.empty() ? Html() : html(", header <code>{}</code>", shown(tag.header)));
  if (!entry.verdict->trial.empty())
    more += html("<p>On trial, would have counted: <code>{}</code></p>", shown(joined(entry.verdict->trial)));
  return html("<div class='outcome {}'><p class='lead'><strong>{}</strong>{}</p>{}</div>", action,
              verb(action), by, more);
}

Html claims(const Entry& entry) { return details_of(journal::claims(entry)); }

Html evidence(const Entry& entry) {
  if (entry.evidence.empty())
    return html("<p class='quiet'>Nothing was looked into before it was decided.</p>");
  Html items;
  for (const Evidence& one : entry.evidence) items += finding(entry, one);
  return html("<ul class='findings'>{}</ul>", items);
}

Html rules(const Entry& entry) {
  const auto& all = entry.verdict->rules;
  if (all.empty())
    return html("<p class='quiet'>{}</p>",
                entry.refused_by.empty()
                    ? std::string("No rule was asked.")
                    : fmt::format("No rule was asked: {} refused it.", entry.refused_by));
  const bool by_rule = entry.refused_by.empty();
  const auto decided =
      by_rule ? std::ranges::find(all, entry.verdict->rule, &policy::RuleOutcome::id) : all.end();
  web::Table had_say = rule_table("Rules in their order");
  web::Table below = rule_table("Rules below the one that decided");
  for (auto rule = all.begin(); rule != all.end(); ++rule)
    (rule <= decided ? had_say : below).row(rule_row(*rule, rule == decided, rule > decided));
  Html rest;
  if (!below.empty())
    rest = html("<details class='fold'><summary>{} rules below it, which had no say</summary>{}</details>",
                all.end() - decided - 1, below.html());
  else if (decided == all.end() && !entry.verdict->rule.empty())
    rest = html("<p>None of these decided: <code>{}</code> did.</p>",
                by_rule ? entry.verdict->rule : entry.refused_by);
  return had_say.html() + rest;
}

Html recipients(const Entry& entry) {
  web::Table table("Recipients",
                   {{"recipient", Kind::code}, {"verdict"}, {"rule"}, {"fate"}, {"told", Kind::wide}});
  for (const journal::RecipientEntry& recipient : entry.recipients) {
    const Conclusion end = journal::conclusion(recipient);
    table.row({html("{}", shown(recipient.address)), web::badge(end.action),
               end.rule.empty() ? Html() : rule_link(end.rule), html("{}", recipient.fate),
               web::code(shown(end.reply()))});
  }
  return table.empty() ? html("<p class='quiet'>It came to no recipient.</p>") : table.html();
}

Html delivery(const Entry& entry) {
  if (!entry.stages.any()) return handed_over(entry);
  return handed_over(entry) + html("<p class='quiet'>Took: {}</p>", journal::said(entry.stages));
}

Html facts(const Entry& entry) {
  web::Table table("Facts", {{"fact", Kind::code}, {"value", Kind::wide}});
  for (const journal::FactEntry& row : entry.facts)
    table.row({html("{}", row.name), row.recorded && row.fact->known()
                                         ? html("{}", shown(journal::said(row)))
                                         : html("<span class='quiet'>{}</span>", shown(journal::said(row)))});
  return table.html();
}

Html dns(const Entry& entry) {
  web::Table table(
      "Answers of the DNS",
      {{"name", Kind::code}, {"type"}, {"answer"}, {"TTL", Kind::number}, {"records", Kind::wide}});
  for (const DnsEntry& row : entry.answers)
    table.row({html("{}", shown(row.question->shown())), html("{}", name(row.question->type)),
               html("{}{}", name(row.answer->status), row.answer->secure ? ", secure" : ""),
               html("{}", fmt::format("{}", row.answer->ttl)), web::code(all_records(row))});
  return table.html();
}

Html remembered(const Entry& entry) {
  web::Table table("What was remembered", {{"question", Kind::wide}, {"answer"}});
  for (const journal::StateEntry& row : entry.state)
    table.row({html("{}", shown(to_text(Question(*row.question)))), html("{}", shown(journal::said(row)))});
  return table.html();
}

Html headers(const Entry& entry) {
  Html text;
  for (const std::string& field : entry.added_headers)
    text += web::text_lines(fmt::format("{}\n", trim(field, "\r\n")));
  return html("<pre>{}</pre>", text);
}

Html origin(const journal::Preamble& preamble) { return details_of(journal::origin(preamble)); }

Html session(const journal::SessionEntry& entry) {
  Html told;
  if (entry.verdict) {
    const Conclusion end = journal::conclusion(*entry.verdict, entry.reply);
    told += html("<p>{} by {}</p>", verb(end.action), rule_link(end.rule));
  }
  if (!entry.refused_by.empty()) told += html("<p>Refused by <code>{}</code></p>", entry.refused_by);
  if (!entry.reply.empty())
    told += html("<p class='said'><span class='quiet'>The client was told:</span> <code>{}</code></p>",
                 shown(entry.reply));
  const Html why = entry.detail.empty() ? Html() : html(": {}", shown(entry.detail));
  return html("<div class='outcome'><p class='lead'><strong>Ended: {}</strong>{}</p>{}</div>", entry.ended,
              why, told) +
         details_of(journal::happened(entry));
}

}  // namespace gateway::review::story
