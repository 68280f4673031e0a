#include "gateway/web/response.h"

#include <algorithm>
#include <array>
#include <limits>

#include "gateway/vocabulary.h"

namespace gateway::web {

Response Response::html(Html document, int status) {
  return {.status = status, .content_type = "text/html; charset=utf-8", .body = document.markup()};
}

Response Response::json(std::string text, int status) {
  return {.status = status, .content_type = "application/json", .body = std::move(text)};
}

Response Response::text(std::string text, int status) {
  return {.status = status, .content_type = "text/plain; charset=utf-8", .body = std::move(text)};
}

Response Response::redirect(const Url& where) {
  return {.status = 303, .content_type = "text/plain", .headers = {{"Location", where.text()}}};
}

Response Response::download(std::string_view file_name, std::string content_type, std::string body) {
  std::string safe;
  for (const char c : file_name.substr(0, 100)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || (c == '.' && !safe.empty());
    safe += plain ? c : '_';
  }
  return {.content_type = std::move(content_type),
          .body = std::move(body),
          .headers = {{"Content-Disposition", "attachment; filename=\"" + safe + '"'}}};
}

Response&& Response::with(std::string name, std::string value) && {
  headers.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}

// What spreadsheets take for the beginning of one, in full width too.
static bool begins_formula(std::string_view text) {
  constexpr std::array<std::string_view, 8> kBeginnings{
      "=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};
  return std::ranges::any_of(kBeginnings, [&](std::string_view one) { return text.starts_with(one); });
}

std::string csv_field(std::string_view value) {
  std::string text = printable(value, std::numeric_limits<std::size_t>::max());
  if (begins_formula(text)) text.insert(0, "'");
  if (text.find_first_of("\",;") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) (quoted += c) += c == '"' ? "\"" : "";
  return quoted + '"';
}

}  // namespace gateway::web
