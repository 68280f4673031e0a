#pragma once
// What pages are made of: tables, lists of details, notices, badges, a pager.  They look alike everywhere
// because they are made here.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/vocabulary.h"
#include "gateway/web/html.h"

namespace gateway::web {

// The word of a verdict (accept, tag, quarantine, defer, reject) in its colour; any other word without one.
Html badge(std::string_view verdict);

// A table.  On a phone each row becomes a card, in which the names of the columns stand beside the values.
class Table {
 public:
  enum class Kind { text, code, number, wide };  // code: addresses and ids; wide: takes what room is left
  struct Column {
    std::string_view name;
    Kind kind = Kind::text;
  };
  // `caption` is read out, and not seen.
  Table(std::string_view caption, std::vector<Column> columns)
      : caption_(caption), columns_(std::move(columns)) {}

  void row(const std::vector<Html>& cells);  // as many as there are columns
  bool empty() const { return rows_.empty(); }
  Html html() const;

 private:
  std::string caption_;
  std::vector<Column> columns_;
  Html rows_;
};

// Names with their values; those that are empty are left out.
Html details(const std::vector<std::pair<std::string_view, Html>>& list);

enum class Tone { info, good, doubtful, bad };
Html notice(Tone tone, const Html& inside);

// A piece of the page with a heading and an id to which links lead.
Html section(std::string_view id, std::string_view heading, const Html& inside);

// Links to the pages of a list before and after this one; `what` stands between them.
Html pager(const std::optional<Url>& newer, const std::optional<Url>& older, std::string_view what);

// A moment in local time; programs read it in UTC.
Html moment(Time when);

// A value in the letters of a machine: addresses, ids, records.
Html code(std::string_view text);

}  // namespace gateway::web
