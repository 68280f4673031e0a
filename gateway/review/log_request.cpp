#include "gateway/review/log_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "policy/diagnostic.h"

namespace gateway::review {
namespace {

Result<std::size_t> limit_of(std::string_view text) {
  std::size_t limit = LogRequest::kLimit;
  if (text.empty()) return limit;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size() || limit == 0 ||
      limit > LogRequest::kMostLimit)
    return Error(fmt::format("limit: '{}' is not what was expected: 1 to {}", printable(text, 60),
                             LogRequest::kMostLimit));
  return limit;
}

std::string no_column(std::string_view column) {
  std::vector<std::string_view> names;
  for (const LogColumn& one : log_columns()) names.push_back(one.name);
  return fmt::format("column: '{}' is none: expected {}{}", printable(column, 60), fmt::join(names, ", "),
                     policy::did_you_mean(column, names));
}

}  // namespace

const std::vector<std::string_view>& log_fields() {
  static const std::vector<std::string_view> fields = [] {
    std::vector<std::string_view> names{"q", "column", "behind", "limit", "slow"};
    names.insert(names.end(), search_names().begin(), search_names().end());
    return names;
  }();
  return fields;
}

Result<LogRequest> LogRequest::read(const web::Fields& fields, Time now) {
  LogRequest request;
  auto words = read_search(fields.get("q"));
  if (!words) return words.error();
  request.words = std::move(*words);
  for (const std::string_view name : search_names())
    for (const std::string_view value : fields.all(name))
      if (!trim(value).empty()) request.words.push_back({std::string(name), std::string(trim(value))});
  auto query = query_of(request.words, now);
  if (!query) return query.error();
  request.query = std::move(*query);
  for (const std::string_view column : fields.all("column")) {
    if (std::ranges::find(log_columns(), column, &LogColumn::name) == log_columns().end())
      return Error(no_column(column));
    // Each link of each row repeats them.
    if (std::ranges::find(request.columns, column) == request.columns.end())
      request.columns.emplace_back(column);
  }
  if (const std::string_view behind = fields.get("behind"); !behind.empty()) {
    request.behind = journal::index::Place::parse(behind);
    if (!request.behind)
      return Error(
          "behind: this is no place in the journal; begin with the first page, and take `next` from it");
  }
  const Result<std::size_t> limit = limit_of(fields.get("limit"));
  if (!limit) return limit.error();
  request.limit = *limit;
  return std::move(request);
}

std::vector<const LogColumn*> LogRequest::shown() const {
  const std::vector<std::string_view> names(columns.begin(), columns.end());
  return chosen_columns(names, kind_of(query));
}

std::vector<const LogColumn*> LogRequest::exported() const {
  const std::vector<std::string_view> names(columns.begin(), columns.end());
  return exported_columns(names, kind_of(query));
}

std::string typed_in(const web::Fields& fields) {
  std::string text(fields.get("q"));
  for (const std::string_view name : search_names())
    for (const std::string_view value : fields.all(name))
      if (!trim(value).empty())
        text.append(text.empty() ? "" : " ").append(typed({std::string(name), std::string(trim(value))}));
  return text;
}

web::Url search_url(web::Path path, std::span<const SearchWord> words, std::span<const std::string> columns) {
  web::Url url = path;
  if (!words.empty()) url = url.with("q", typed(words));
  for (const std::string& column : columns) url = url.with("column", column);
  return url;
}

web::Url log_url(std::span<const SearchWord> words) { return search_url("/log", words, {}); }

}  // namespace gateway::review
