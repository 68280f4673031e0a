#pragma once
// The columns that a list of records can have, in pages, CSV and JSON alike.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/index/query.h"
#include "gateway/journal/index/row.h"

namespace gateway::review {

// What a list is of: messages, connections without one, or what people did to held messages.
enum class LogKind : unsigned { transactions = 1, sessions = 2, audits = 4 };
LogKind kind_of(const journal::index::Query& query);
LogKind kind_of(const journal::index::Row& row);
std::string_view name(LogKind kind);  // in JSON: "transaction", "session", "audit"

struct LogColumn {
  std::string_view name;   // in addresses and JSON
  std::string_view title;  // for people
  unsigned of;             // the kinds that have it, as bits
  bool usual;              // shown when nobody chooses
  std::string_view word;   // the search word that finds its values; empty: none does
  std::string (*text)(const journal::index::Row& row);  // as the record has it: it may hold anything
  bool number = false;                                  // in JSON it is one
  std::vector<std::string_view> (*list)(const journal::index::Row& row) = nullptr;  // in JSON it is an array

  bool is_of(LogKind kind) const { return (of & static_cast<unsigned>(kind)) != 0; }
};

// In the order in which they are shown.
std::span<const LogColumn> log_columns();

// Those of these names, in that order; the usual ones when there are none.  What is unknown, or not of this
// kind of records, is left out.
std::vector<const LogColumn*> chosen_columns(std::span<const std::string_view> names, LogKind kind);
// Likewise, for a file: the usual ones with the id, which a page has as a link.
std::vector<const LogColumn*> exported_columns(std::span<const std::string_view> names, LogKind kind);

}  // namespace gateway::review
