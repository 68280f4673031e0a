#include "tests/support/naive_from.h"

namespace support {
namespace {

std::string domain_at(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  text.remove_prefix(begin);
  text = text.substr(0, text.find_first_of(" \t\r\n,;:<>()\"@"));
  std::string domain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;  // a quoted pair, in a comment
    domain += text[i];
  }
  return domain;
}

}  // namespace

std::vector<AtSign> at_signs(std::string_view from) {
  std::vector<AtSign> found;
  bool quoted = false;
  int depth = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const char c = from[i];
    if (c == '\\' && (quoted || depth > 0))
      ++i;
    else if (quoted)
      quoted = c != '"';
    else if (c == '"' && depth == 0)
      quoted = true;
    else if (c == '(')
      ++depth;
    else if (c == ')' && depth > 0)
      --depth;
    else if (c == '@')
      found.push_back({domain_at(from.substr(i + 1)), depth > 0});
  }
  return found;
}

}  // namespace support
