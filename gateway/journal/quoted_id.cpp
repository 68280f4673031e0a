#include "gateway/journal/quoted_id.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/journal/id.h"
#include "gateway/journal/letters.h"
#include "policy/facts/hex.h"

namespace gateway::journal {
namespace {

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
    } else if (const auto octet = hex_octet(text, at + 1)) {
      out += *octet;
      at += 2;
    } else {
      out += '=';
    }
  }
  return out;
}

bool has_digit(std::string_view word) { return word.find_first_of("0123456789") != word.npos; }

// "(id 4F7K2M9QX0TB)"
bool is_called_id(std::string_view before) {
  while (!before.empty() && !is_letter_or_digit(before.back())) before.remove_suffix(1);
  const std::size_t size = before.size();
  return size >= 2 && equal_nocase(before.substr(size - 2), "id") &&
         (size == 2 || !is_letter_or_digit(before[size - 3]));
}

struct Found {
  std::vector<std::string> called;  // an id by the text
  std::vector<std::string> others;

  void add(std::string_view text) {
    for (std::size_t end = text.size(); end > 0;) {
      std::size_t begin = end;
      while (begin > 0 && is_letter_or_digit(text[begin - 1])) --begin;
      const std::string_view word = text.substr(begin, end - begin);
      // A word of twelve letters reads as one, too, but each that we make begins with a digit for centuries.
      const auto id = has_digit(word) ? canonical_id(word) : std::nullopt;
      if (id) (is_called_id(text.substr(0, begin)) ? called : others).push_back(*id);
      end = begin == end ? end - 1 : begin;
    }
  }
};

}  // namespace

std::vector<std::string> quoted_ids(std::span<const std::string> words) {
  Found found;
  for (auto text = words.rbegin(); text != words.rend(); ++text) found.add(*text);
  found.add(unquoted(words));
  std::vector<std::string> ids;
  for (const auto* const kind : {&found.called, &found.others})
    for (const std::string& id : *kind)
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  return ids;
}

Result<std::vector<std::string>> named_ids(std::span<const std::string> words) {
  std::vector<std::string> ids;
  for (const std::string& word : words) {
    const std::vector<std::string> found = quoted_ids(std::span(&word, 1));
    if (found.empty())
      return Error(
          fmt::format("there is no id in '{}': expected 12 letters and digits such as 4F7K2M9QX0TB, or the "
                      "reply that has them, between quotation marks",
                      printable(word, 100)));
    if (std::ranges::find(ids, found.front()) == ids.end()) ids.push_back(found.front());
  }
  return ids;
}

}  // namespace gateway::journal
