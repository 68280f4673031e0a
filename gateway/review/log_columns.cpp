#include "gateway/review/log_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gateway::review {
namespace {

using journal::index::Row;
using journal::index::RowRecipient;
using Of = LogColumn::Of;

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
    LogColumn{"time", "time", Of::both, true, "", [](const Row& row) { return to_text(Value(row.time)); }},
    LogColumn{"id", "id", Of::both, false, "", [](const Row& row) { return text(row.id); }},
    LogColumn{"outcome", "verdict", Of::transactions, true, "outcome",
              [](const Row& row) { return text(row.outcome()); }},
    LogColumn{"ended", "ended", Of::sessions, true, "ended", [](const Row& row) { return text(row.ended); }},
    LogColumn{"rule", "rule", Of::both, true, "decided", [](const Row& row) { return text(row.rule); }},
    LogColumn{"ip", "client", Of::both, true, "ip", [](const Row& row) { return text(row.ip); }},
    LogColumn{"client_name", "client's name", Of::both, false, "text",
              [](const Row& row) { return text(row.client_name); }},
    LogColumn{"helo", "HELO", Of::both, false, "text", [](const Row& row) { return text(row.helo); }},
    LogColumn{"sender", "from", Of::transactions, true, "sender",
              [](const Row& row) { return row.sender.empty() ? std::string("<>") : text(row.sender); }},
    LogColumn{"author", "author", Of::transactions, false, "address",
              [](const Row& row) { return text(row.author); }},
    LogColumn{"author_name", "author's name", Of::transactions, false, "text",
              [](const Row& row) { return text(row.author_name); }},
    LogColumn{"recipients", "to", Of::transactions, true, "rcpt", text_of<recipients>, false, recipients},
    LogColumn{"subject", "subject", Of::transactions, true, "",
              [](const Row& row) { return text(row.subject); }},
    LogColumn{"message_id", "Message-ID", Of::transactions, false, "message-id",
              [](const Row& row) { return text(row.message_id); }},
    LogColumn{"size", "octets", Of::transactions, false, "",
              [](const Row& row) { return fmt::format("{}", row.size); }, true},
    LogColumn{"score", "score", Of::transactions, false, "",
              [](const Row& row) { return fmt::format("{}", row.score); }, true},
    LogColumn{"rules", "tags and scores by", Of::transactions, false, "", text_of<effective>, false,
              effective},
    LogColumn{"trials", "trials", Of::both, false, "", text_of<trials>, false, trials},
    LogColumn{"lists", "DNS lists", Of::transactions, false, "", text_of<lists>, false, lists},
    LogColumn{"fate", "delivery", Of::transactions, false, "", text_of<fates>, false, fates},
    LogColumn{"held", "held", Of::transactions, false, "", [](const Row& row) { return text(row.held); }},
    LogColumn{"server", "mailstore", Of::transactions, false, "",
              [](const Row& row) { return text(row.server); }},
    LogColumn{"queue_id", "queue id", Of::transactions, false, "text",
              [](const Row& row) { return text(row.queue_id); }},
    LogColumn{"commands", "commands", Of::sessions, true, "",
              [](const Row& row) { return fmt::format("{}", row.commands); }, true},
    LogColumn{"last_command", "last command", Of::sessions, true, "",
              [](const Row& row) { return text(row.last_command); }},
    LogColumn{"detail", "why", Of::sessions, true, "", [](const Row& row) { return text(row.detail); }},
    LogColumn{"reply", "reply", Of::both, false, "", [](const Row& row) { return text(row.reply); }},
    LogColumn{"duration", "seconds", Of::both, false, "",
              [](const Row& row) { return fmt::format("{}", row.duration); }, true}};

}  // namespace

std::span<const LogColumn> log_columns() { return kColumns; }

std::vector<const LogColumn*> chosen_columns(std::span<const std::string_view> names, bool sessions) {
  std::vector<const LogColumn*> chosen;
  for (const std::string_view name : names) {
    const auto column = std::ranges::find(kColumns, name, &LogColumn::name);
    if (column == kColumns.end() || !column->is_of(sessions) || chosen.size() == kMostColumns) continue;
    if (std::ranges::find(chosen, &*column) == chosen.end()) chosen.push_back(&*column);
  }
  if (!chosen.empty()) return chosen;
  for (const LogColumn& column : kColumns)
    if (column.is_of(sessions) && column.usual) chosen.push_back(&column);
  return chosen;
}

}  // namespace gateway::review
