#include "gateway/journal/quoted_id.h"

#include <algorithm>

#include "gateway/journal/id.h"

namespace gateway::journal {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::vector<std::string> quoted_ids(std::span<const std::string> words) {
  std::vector<std::string> ids;
  for (auto text = words.rbegin(); text != words.rend(); ++text)
    for (auto end = text->end(); end != text->begin();) {
      auto begin = end;
      while (begin != text->begin() && is_letter_or_digit(*(begin - 1))) --begin;
      if (const auto id = canonical_id(std::string_view(begin, end)))
        if (std::ranges::find(ids, *id) == ids.end()) ids.push_back(*id);
      end = begin == end ? end - 1 : begin;
    }
  return ids;
}

}  // namespace gateway::journal
