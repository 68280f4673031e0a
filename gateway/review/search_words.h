#pragma once
// What is searched for, as people write it: sender:shop.example verdict:reject since:2h "free text".  The
// names are those of the options of `postern log`, which come here as well, and of the fields of the Log
// page.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/index/query.h"
#include "gateway/vocabulary.h"

namespace gateway::review {

struct SearchWord {
  std::string name;  // one of search_names()
  std::string value;
  friend bool operator==(const SearchWord&, const SearchWord&) = default;
};

using SearchWords = std::vector<SearchWord>;

// since, until, verdict, … in the order in which they are shown; "text" is what has no name.
std::span<const std::string_view> search_names();

// Reads what was typed: NAME:VALUE or NAME:"VALUE WITH BLANKS", and text.  In quotes, \" and \\ stand for "
// and \. The error names the word, and the nearest one there is.
Result<SearchWords> read_search(std::string_view typed);

// As read_search() reads it.
std::string typed(const SearchWord& word);
std::string typed(std::span<const SearchWord> words);

// What they ask for together: of verdicts and of outcomes any, of everything else all.  The error begins with
// the name of the word.
Result<journal::index::Query> query_of(std::span<const SearchWord> words, Time now);

}  // namespace gateway::review
