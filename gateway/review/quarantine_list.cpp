#include "gateway/review/quarantine_list.h"

#include <fmt/format.h>

#include <charconv>

namespace gateway::review {
namespace {

Result<void> read_number(const web::Fields& fields, std::string_view name, std::size_t most,
                         std::size_t& to) {
  const std::string_view text = fields.get(name);
  if (text.empty()) return {};
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > most)
    return Error(fmt::format("{}: expected a number from 0 to {}", name, most));
  to = number;
  return {};
}

}  // namespace

Result<QuarantineRequest> QuarantineRequest::read(const web::Fields& fields, Time now) {
  QuarantineRequest request;
  auto words = read_search(fields.get("q"));
  if (!words) return words.error();
  request.words = std::move(*words);
  auto query = query_of(request.words, now);
  if (!query) return query.error();
  request.query = std::move(*query);
  request.query.sessions = false;  // none is held
  if (auto read = read_number(fields, "skip", 10'000'000, request.skip); !read) return read.error();
  if (auto read = read_number(fields, "limit", kMostLimit, request.limit); !read) return read.error();
  return request;
}

}  // namespace gateway::review
