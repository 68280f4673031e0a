#include "gateway/review/log_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gateway::review {
namespace {

using journal::index::Row;
using journal::index::RowRecipient;

constexpr auto kMessages = static_cast<unsigned>(LogKind::transactions);
constexpr auto kSessions = static_cast<unsigned>(LogKind::sessions);
constexpr auto kAudits = static_cast<unsigned>(LogKind::audits);
constexpr unsigned kAll = kMessages | kSessions | kAudits;

constexpr std::size_t kMostColumns = 40;

std::string text(std::string_view value) { return std::string(value); }

std::string joined(const std::vector<std::string_view>& texts) {
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::vector<std::string_view> recipients(const Row& row) {
  std::vector<std::string_view> all;
  for (const RowRecipient& one : row.recipients) all.push_back(one.address);
  return all;
}

std::vector<std::string_view> fates(const Row& row) {
  std::vector<std::string_view> words;
  for (const RowRecipient& one : row.recipients)
    if (!one.fate.empty() && std::ranges::find(words, one.fate) == words.end()) words.push_back(one.fate);
  return words;
}

template <std::vector<std::string_view> (*List)(const Row&)>
std::string text_of(const Row& row) {
  return joined(List(row));
}

std::vector<std::string_view> effective(const Row& row) { return row.effective; }
std::vector<std::string_view> trials(const Row& row) { return row.trial; }
std::vector<std::string_view> lists(const Row& row) { return row.lists; }

constexpr std::array kColumns{
    LogColumn{"time", "time", kAll, true, "", [](const Row& row) { return to_text(Value(row.time)); }},
    LogColumn{"id", "id", kAll, false, "", [](const Row& row) { return text(row.id); }},
    LogColumn{"outcome", "verdict", kMessages, true, "outcome",
              [](const Row& row) { return text(row.outcome()); }},
    LogColumn{"ended", "ended", kSessions, true, "ended", [](const Row& row) { return text(row.ended); }},
    LogColumn{"done", "done", kAudits, true, "", [](const Row& row) { return text(row.done); }},
    LogColumn{"result", "result", kAudits, true, "", [](const Row& row) { return text(row.result); }},
    LogColumn{"who", "who", kAudits, true, "", [](const Row& row) { return text(row.who); }},
    LogColumn{"via", "by way of", kAudits, true, "", [](const Row& row) { return text(row.via); }},
    LogColumn{"rule", "rule", kMessages | kSessions, true, "decided",
              [](const Row& row) { return text(row.rule); }},
    LogColumn{"ip", "client", kMessages | kSessions, true, "ip", [](const Row& row) { return text(row.ip); }},
    LogColumn{"client_name", "client's name", kMessages | kSessions, false, "text",
              [](const Row& row) { return text(row.client_name); }},
    LogColumn{"helo", "HELO", kMessages | kSessions, false, "text",
              [](const Row& row) { return text(row.helo); }},
    LogColumn{"sender", "from", kMessages, true, "sender",
              [](const Row& row) { return row.sender.empty() ? std::string("<>") : text(row.sender); }},
    LogColumn{"author", "author", kMessages, false, "address",
              [](const Row& row) { return text(row.author); }},
    LogColumn{"author_name", "author's name", kMessages, false, "text",
              [](const Row& row) { return text(row.author_name); }},
    LogColumn{"recipients", "to", kMessages | kAudits, true, "rcpt", text_of<recipients>, false, recipients},
    LogColumn{"subject", "subject", kMessages, true, "", [](const Row& row) { return text(row.subject); }},
    LogColumn{"message_id", "Message-ID", kMessages, false, "message-id",
              [](const Row& row) { return text(row.message_id); }},
    LogColumn{"size", "octets", kMessages, false, "",
              [](const Row& row) { return fmt::format("{}", row.size); }, true},
    LogColumn{"score", "score", kMessages, false, "",
              [](const Row& row) { return fmt::format("{}", row.score); }, true},
    LogColumn{"rules", "tags and scores by", kMessages, false, "", text_of<effective>, false, effective},
    LogColumn{"trials", "trials", kMessages | kSessions, false, "", text_of<trials>, false, trials},
    LogColumn{"lists", "DNS lists", kMessages, false, "", text_of<lists>, false, lists},
    LogColumn{"fate", "delivery", kMessages | kAudits, false, "", text_of<fates>, false, fates},
    LogColumn{"held", "held", kMessages, false, "", [](const Row& row) { return text(row.held); }},
    LogColumn{"server", "mailstore", kMessages | kAudits, false, "",
              [](const Row& row) { return text(row.server); }},
    LogColumn{"queue_id", "queue id", kMessages | kAudits, false, "text",
              [](const Row& row) { return text(row.queue_id); }},
    LogColumn{"commands", "commands", kSessions, true, "",
              [](const Row& row) { return fmt::format("{}", row.commands); }, true},
    LogColumn{"last_command", "last command", kSessions, true, "",
              [](const Row& row) { return text(row.last_command); }},
    LogColumn{"detail", "why", kSessions | kAudits, true, "",
              [](const Row& row) { return text(row.detail); }},
    LogColumn{"reply", "reply", kMessages | kSessions, false, "",
              [](const Row& row) { return text(row.reply); }},
    LogColumn{"duration", "seconds", kMessages | kSessions, false, "",
              [](const Row& row) { return fmt::format("{}", row.duration); }, true}};

}  // namespace

LogKind kind_of(const journal::index::Query& query) {
  return query.notes ? LogKind::audits : query.sessions ? LogKind::sessions : LogKind::transactions;
}

LogKind kind_of(const Row& row) {
  return !row.note.empty() ? LogKind::audits : row.session ? LogKind::sessions : LogKind::transactions;
}

std::string_view name(LogKind kind) {
  return kind == LogKind::audits ? "audit" : kind == LogKind::sessions ? "session" : "transaction";
}

std::span<const LogColumn> log_columns() { return kColumns; }

namespace {

std::vector<const LogColumn*> columns_of(std::span<const std::string_view> names, LogKind kind,
                                         bool with_id) {
  std::vector<const LogColumn*> chosen;
  for (const std::string_view name : names) {
    const auto column = std::ranges::find(kColumns, name, &LogColumn::name);
    if (column == kColumns.end() || !column->is_of(kind) || chosen.size() == kMostColumns) continue;
    if (std::ranges::find(chosen, &*column) == chosen.end()) chosen.push_back(&*column);
  }
  if (!chosen.empty()) return chosen;
  for (const LogColumn& column : kColumns)
    if (column.is_of(kind) && (column.usual || (with_id && column.name == "id"))) chosen.push_back(&column);
  return chosen;
}

}  // namespace

std::vector<const LogColumn*> chosen_columns(std::span<const std::string_view> names, LogKind kind) {
  return columns_of(names, kind, false);
}

std::vector<const LogColumn*> exported_columns(std::span<const std::string_view> names, LogKind kind) {
  return columns_of(names, kind, true);
}

}  // namespace gateway::review
