// People's names as they are compared: "José  DÍAZ" and "Diaz, Jose" are the same.  What only looks alike is
// not: see policy/resemblance.
#include <algorithm>
#include <vector>

#include "policy/entry_list.h"
#include "policy/facts/text.h"
#include "policy/facts/utf8.h"
#include "policy/resemblance/letters.h"

namespace policy {
namespace {

// Appends the character at the front; returns its octets.
std::size_t fold(std::string_view text, std::string& folded) {
  std::uint32_t point = 0;
  const std::size_t length = read_point(text, point);
  if (length == 0) return folded += text.front(), 1;
  if (point < 0x80) {
    const char c = to_lower(text.front());
    folded += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : ' ';
  } else if (const std::string_view letters = resemblance::unmarked(point); !letters.empty()) {
    folded += letters;
  } else if (!resemblance::is_mark(point)) {
    append_point(folded, resemblance::lower(point));
  }
  return length;
}

}  // namespace

std::string name_key(std::string_view name) {
  std::string folded;
  while (!name.empty()) name.remove_prefix(fold(name, folded));
  std::vector<std::string> words;
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t end = std::min(folded.find(' ', at), folded.size());
    if (end > at) words.push_back(folded.substr(at, end - at));
    at = end + 1;
  }
  std::ranges::sort(words);
  std::string key;
  for (const std::string& word : words) key += (key.empty() ? "" : " ") + word;
  return key;
}

}  // namespace policy
