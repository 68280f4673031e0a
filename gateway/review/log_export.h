#pragma once
// Records of a search as files and for programs: nothing in them acts on what shows them, or is taken for a
// formula.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/index/search.h"
#include "gateway/review/log_columns.h"
#include "gateway/review/log_request.h"
#include "gateway/web/response.h"

namespace gateway::review {

using web::WritePiece;

// CSV (RFC 4180) with a line of names, all records, the newest first.
void write_csv(journal::index::Search& search, const journal::index::Query& query,
               std::span<const LogColumn* const> columns, const WritePiece& write);
// The records themselves, one a line.
void write_lines(journal::index::Search& search, const journal::index::Query& query, const WritePiece& write);

// A page of the search: {"records": […], "next": …, …}
std::string log_json(journal::index::Search& search, const LogRequest& request);

}  // namespace gateway::review
