#pragma once
// The columns that a list of records can have, in pages, CSV and JSON alike.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/index/row.h"

namespace gateway::review {

struct LogColumn {
  enum class Of { both, transactions, sessions };

  std::string_view name;   // in addresses and JSON
  std::string_view title;  // for people
  Of of;
  bool usual;             // shown when nobody chooses
  std::string_view word;  // the search word that finds its values; empty: none does
  std::string (*text)(const journal::index::Row& row);  // as the record has it: it may hold anything
  bool number = false;                                  // in JSON it is one
  std::vector<std::string_view> (*list)(const journal::index::Row& row) = nullptr;  // in JSON it is an array

  bool is_of(bool sessions) const { return of == Of::both || (of == Of::sessions) == sessions; }
};

// In the order in which they are shown.
std::span<const LogColumn> log_columns();

// Those of these names, in that order; the usual ones when there are none.  What is unknown, or not of this
// kind of records, is left out.
std::vector<const LogColumn*> chosen_columns(std::span<const std::string_view> names, bool sessions);

}  // namespace gateway::review
