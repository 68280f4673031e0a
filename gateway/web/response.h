#pragma once
// What a page answers.  The headers that protect it are added by the server, to each alike.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/web/html.h"

namespace gateway::web {

// Takes a piece of an answer; false when nobody listens any longer.
using WritePiece = std::function<bool(std::string_view)>;

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  // In the place of a body, for what is too large to be made first: writes it piece by piece.  It is called
  // on the thread of the page, when the handler has returned.
  std::function<void(const WritePiece&)> pieces = {};
  std::vector<std::pair<std::string, std::string>> headers;  // values are ours, or escaped

  static Response html(Html document, int status = 200);  // a whole document: see layout.h
  static Response json(std::string text, int status = 200);
  static Response text(std::string text, int status = 200);
  static Response redirect(const Url& where);  // 303: after a POST the browser asks there by GET
  // To be saved under that name; what cannot stand in one is replaced.
  static Response download(std::string_view file_name, std::string content_type, std::string body);

  Response&& with(std::string name, std::string value) &&;
};

// A value as a field of a CSV file (RFC 4180), made printable, and harmless to programs that take what begins
// with =, +, - or @ for a formula.
std::string csv_field(std::string_view value);

}  // namespace gateway::web
