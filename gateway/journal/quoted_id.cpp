#include "gateway/journal/quoted_id.h"

#include <algorithm>

#include "gateway/journal/id.h"

namespace gateway::journal {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Quoted-printable, decoded: soft line breaks, also where they have become blanks, or the shell has parted
// the words at them.  RFC 2045 §6.7
std::string unquoted(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) text.append(word).append("\n");
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '=') {
      out += text[at];
      continue;
    }
    const std::size_t end = std::min(text.find_first_not_of(" \t\r\n", at + 1), text.size());
    if (end > at + 1) {
      at = end - 1;
    } else if (at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
      at += 2;
    } else {
      out += '=';
    }
  }
  return out;
}

void add_ids(std::string_view text, std::vector<std::string>& ids) {
  for (auto end = text.end(); end != text.begin();) {
    auto begin = end;
    while (begin != text.begin() && is_letter_or_digit(*(begin - 1))) --begin;
    if (const auto id = canonical_id(std::string_view(begin, end)))
      if (std::ranges::find(ids, *id) == ids.end()) ids.push_back(*id);
    end = begin == end ? end - 1 : begin;
  }
}

}  // namespace

std::vector<std::string> quoted_ids(std::span<const std::string> words) {
  std::vector<std::string> ids;
  for (auto text = words.rbegin(); text != words.rend(); ++text) add_ids(*text, ids);
  add_ids(unquoted(words), ids);
  return ids;
}

}  // namespace gateway::journal
