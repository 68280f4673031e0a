#include "gateway/review/markup.h"

#include <fmt/format.h>

#include "gateway/review/log_request.h"
#include "gateway/web/parts.h"

namespace gateway::review {

using web::html;
using web::Html;

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

Html log_link(SearchWords words, const Html& inside) {
  if (!query_of(words, Time{})) return inside;
  return html("<a href='{}'>{}</a>", log_url(words), inside);
}

Html log_link(SearchWords words, std::string_view text) {
  return log_link(std::move(words), html("{}", text));
}

Html notices(std::span<const std::string> remarks) {
  Html all;
  for (const std::string& remark : remarks)
    all += web::notice(web::Tone::doubtful, html("<p>{}</p>", remark));
  return all;
}

}  // namespace gateway::review
