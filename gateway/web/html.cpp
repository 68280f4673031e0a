#include "gateway/web/html.h"

#include <algorithm>
#include <limits>

#include "gateway/vocabulary.h"

namespace gateway::web {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : printable(text, std::numeric_limits<std::size_t>::max())) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
}

}  // namespace

std::string HtmlValue::escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

Html HtmlValue::fill(std::string_view text, std::initializer_list<HtmlValue> values) {
  Html out;
  std::size_t size = text.size();
  for (const HtmlValue& one : values) size += one.octets_.size();
  out.markup_.reserve(size);
  for (const HtmlValue& one : values) {
    const std::size_t hole = text.find("{}");
    out.markup_.append(text.substr(0, hole)).append(one.octets_);
    text.remove_prefix(hole + 2);
  }
  out.markup_ += text;
  return out;
}

Html text_lines(std::string_view text) {
  Html out;
  while (!text.empty()) {
    const std::size_t run = std::min(text.find_first_of("\r\n\t"), text.size());
    append_escaped(out.markup_, text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) break;
    const bool line_end = text.starts_with("\r\n");
    if (text[0] == '\r' && !line_end)
      append_escaped(out.markup_, "\r");
    else
      out.markup_ += line_end ? '\n' : text[0];
    text.remove_prefix(line_end ? 2 : 1);
  }
  return out;
}

}  // namespace gateway::web
