#include "gateway/journal/log_words.h"

#include <algorithm>

#include "gateway/vocabulary.h"

namespace gateway::journal {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("@.-_+:/<>[]!#$%&*?~").find(c) != std::string_view::npos;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

std::string word(std::string_view text) {
  const std::string shown = printable(text);
  return std::all_of(shown.begin(), shown.end(), is_plain) ? shown : quoted(shown);
}

}  // namespace gateway::journal
