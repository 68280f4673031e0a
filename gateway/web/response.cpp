#include "gateway/web/response.h"

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

std::string csv_field(std::string_view value) {
  std::string text = printable(value, std::numeric_limits<std::size_t>::max());
  if (!text.empty() && std::string_view("=+-@").find(text[0]) != std::string_view::npos) text.insert(0, "'");
  if (text.find_first_of("\",;") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) (quoted += c) += c == '"' ? "\"" : "";
  return quoted + '"';
}

}  // namespace gateway::web
