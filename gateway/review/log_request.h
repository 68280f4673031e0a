#pragma once
// A search as it comes in an address: /log?q=…&sender=…&column=…&behind=…  The pages, the exports and the API
// read it alike, and write it into their links.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "gateway/journal/index/place.h"
#include "gateway/journal/index/query.h"
#include "gateway/review/log_columns.h"
#include "gateway/review/search_words.h"
#include "gateway/web/fields.h"
#include "gateway/web/url.h"

namespace gateway::review {

struct LogRequest {
  static constexpr std::size_t kLimit = 50;
  static constexpr std::size_t kMostLimit = 1000;

  SearchWords words;  // typed, and those of the single fields
  journal::index::Query query;
  std::vector<std::string> columns;  // names, where some were chosen
  std::optional<journal::index::Place> behind;
  std::size_t limit = kLimit;

  // The error is a sentence for whoever asked.
  static Result<LogRequest> read(const web::Fields& fields, Time now);

  std::vector<const LogColumn*> shown() const;
  std::vector<const LogColumn*> exported() const;
};

// What can stand in such an address.
const std::vector<std::string_view>& log_fields();

// What was typed, as far as it can be read: for the box of a page that says what is wrong with it.
std::string typed_in(const web::Fields& fields);

// Where the records are listed that these words find.
web::Url log_url(std::span<const SearchWord> words);
// Likewise at another path, with the chosen columns.
web::Url search_url(web::Path path, std::span<const SearchWord> words, std::span<const std::string> columns);

}  // namespace gateway::review
