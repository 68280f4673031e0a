// People's names as they are compared: "José  DÍAZ" and "Diaz, Jose" are the same.  What only looks alike is
// not: see policy/resemblance.
#include "policy/name_key.h"

#include <algorithm>
#include <vector>

#include "policy/facts/text.h"
#include "policy/facts/utf8.h"
#include "policy/resemblance/letters.h"

namespace policy {
namespace {

// Appends the character at the front; returns its octets.
std::size_t fold(std::string_view text, std::pmr::string& folded) {
  std::uint32_t point = 0;
  const std::size_t length = read_point(text, point);
  if (length == 0) return folded += text.front(), 1;
  if (point < 0x80) {
    const char c = to_lower(text.front());
    folded += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : ' ';
  } else if (const std::string_view letters = resemblance::unmarked(point); !letters.empty()) {
    folded += letters;
  } else if (!resemblance::is_mark(point)) {
    std::string one;
    append_point(one, resemblance::lower(point));
    folded += one;
  }
  return length;
}

}  // namespace

NameKey::NameKey(std::string_view name) {
  std::pmr::string folded = room_.text();
  folded.reserve(name.size());
  while (!name.empty()) name.remove_prefix(fold(name, folded));
  std::pmr::vector<std::string_view> words(room_.memory());
  words.reserve(static_cast<std::size_t>(std::ranges::count(folded, ' ')) + 1);
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t end = std::min(folded.find(' ', at), folded.size());
    if (end > at) words.push_back(std::string_view(folded).substr(at, end - at));
    at = end + 1;
  }
  std::ranges::sort(words);
  text_.reserve(folded.size());
  for (const std::string_view word : words) {
    if (!text_.empty()) text_ += ' ';
    text_ += word;
  }
}

}  // namespace policy
