#include "policy/language/list_text.h"

#include <algorithm>
#include <array>

#include "policy/facts/text.h"
#include "policy/language/literal.h"

namespace policy::language {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kUntil = "until ";
constexpr std::array<std::size_t, 2> kTimeOctets{20, 10};  // 2026-06-01T12:00:00Z, 2026-06-01

bool is_digit(char c) { return c >= '0' && c <= '9'; }

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

EntryComment read_comment(std::string_view comment) {
  EntryComment read{.note = comment};
  if (!starts_with_nocase(comment, kUntil)) return read;
  const std::string_view said = trim(comment.substr(kUntil.size()));
  if (said.empty() || !is_digit(said.front())) return read;
  for (const std::size_t length : kTimeOctets) {
    const auto until = parse_time(said.substr(0, length));
    std::string_view rest = said.substr(std::min(length, said.size()));
    if (!until || (!rest.empty() && rest.front() != ':' && rest.front() != ' ' && rest.front() != '\t'))
      continue;
    if (rest.starts_with(':')) rest.remove_prefix(1);
    rest = trim(rest);
    // "2026-06-01 12:00" would end twelve hours early.
    if (length == kTimeOctets.back() && !rest.empty() && is_digit(rest.front())) break;
    return {.until = until, .note = rest};
  }
  read.unclear = true;
  return read;
}

}  // namespace policy::language
