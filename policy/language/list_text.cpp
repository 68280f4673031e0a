#include "policy/language/list_text.h"

#include "policy/facts/text.h"

namespace policy::language {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::size_t comment_begin(std::string_view line) {
  for (std::size_t at = line.find('#'); at != line.npos; at = line.find('#', at + 1))
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return at;
  return line.size();
}

}  // namespace

bool next_line(std::string_view& rest, ListLine& line) {
  if (line.number == 0 && rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  if (rest.empty()) return false;
  const std::size_t end = rest.find('\n');
  std::string_view whole = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  if (whole.ends_with('\r')) whole.remove_suffix(1);
  const std::size_t comment = comment_begin(whole);
  line.number += 1;
  line.whole = whole;
  line.entry = trim(whole.substr(0, comment));
  line.comment = comment < whole.size() ? trim(whole.substr(comment + 1)) : std::string_view();
  line.column = line.entry.empty() ? 1 : static_cast<unsigned>(line.entry.data() - whole.data() + 1);
  return true;
}

}  // namespace policy::language
