#pragma once
// What a page answers.  The headers that protect it are added by the server, to each alike.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/web/html.h"

namespace gateway::web {

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
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
// with =, +, - or
// @ for a formula.
std::string csv_field(std::string_view value);

}  // namespace gateway::web
