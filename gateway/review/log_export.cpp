#include "gateway/review/log_export.h"

#include <cstdlib>

#include "gateway/journal/harmless.h"
#include "gateway/journal/json_parts.h"
#include "gateway/journal/json_writer.h"
#include "gateway/review/log_list.h"
#include "gateway/web/response.h"

namespace gateway::review {
namespace {

namespace index = journal::index;
using journal::JsonWriter;

constexpr std::size_t kPiece = 64 << 10;  // octets that are written at once
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

class Pieces {
 public:
  explicit Pieces(const WritePiece& write) : write_(write) {}
  bool line(std::string_view text, std::string_view end) {
    buffer_.append(text).append(end);
    return buffer_.size() < kPiece || flush();
  }
  bool flush() {
    const bool heard = buffer_.empty() || write_(buffer_);
    buffer_.clear();
    return heard;
  }

 private:
  const WritePiece& write_;
  std::string buffer_;
};

std::string csv_line(std::span<const LogColumn* const> columns, const index::Row& row) {
  std::string line;
  for (const LogColumn* const column : columns) {
    if (column != columns.front()) line += ',';
    line += column->number ? column->text(row) : web::csv_field(column->text(row));
  }
  return line;
}

void write_row(JsonWriter& json, const index::Row& row) {
  json.begin_object();
  json.key("kind").text(name(kind_of(row)));
  for (const LogColumn& column : log_columns()) {
    if (!column.is_of(kind_of(row))) continue;
    json.key_of(column.name);
    if (column.list) {
      json.begin_array();
      for (const std::string_view one : column.list(row)) json.text(one);
      json.end_array();
    } else if (column.number) {
      json.number(std::strtod(column.text(row).c_str(), nullptr));
    } else {
      json.text(column.text(row));
    }
  }
  json.end_object();
}

void write_count(JsonWriter& json, std::uint64_t count) { json.integer(static_cast<std::int64_t>(count)); }

void write_nothing(JsonWriter& json, const NothingFound& nothing) {
  json.begin_object();
  const auto time = [&](std::optional<Time> when) { when ? journal::write(json, *when) : void(json.null()); };
  json.key("covers_from");
  time(nothing.covered.first);
  json.key("covers_to");
  time(nothing.covered.last);
  json.key("transactions");
  write_count(json, nothing.transactions);
  json.key("sessions");
  write_count(json, nothing.sessions);
  json.key("other_kind");
  write_count(json, nothing.other_kind);
  json.end_object();
}

}  // namespace

void write_csv(index::Search& search, const index::Query& query, std::span<const LogColumn* const> columns,
               const WritePiece& write) {
  Pieces pieces(write);
  std::string names;
  for (const LogColumn* const column : columns) names.append(names.empty() ? "" : ",").append(column->name);
  pieces.line(names, "\r\n");
  search.find(query, kAll, [&](const index::Search::Found& found) {
    return pieces.line(csv_line(columns, found.row), "\r\n");
  });
  pieces.flush();
}

void write_lines(index::Search& search, const index::Query& query, const WritePiece& write) {
  Pieces pieces(write);
  search.find(query, kAll, [&](const index::Search::Found& found) {
    return pieces.line(journal::harmless(found.line), "\n");
  });
  pieces.flush();
}

std::string log_json(index::Search& search, const LogRequest& request) {
  JsonWriter json;
  json.begin_object().key("records").begin_array();
  const LogList list = list_log(search, request.query, request.limit, request.behind,
                                [&](const index::Row& row) { write_row(json, row); });
  json.end_array();
  json.key("next");
  list.next ? json.text(list.next->text()) : json.null();
  json.key("search").text(typed(request.words));
  json.key("remarks");
  journal::write(json, list.remarks);
  json.key("nothing_found");
  list.nothing ? write_nothing(json, *list.nothing) : void(json.null());
  json.end_object();
  return json.str();
}

}  // namespace gateway::review
