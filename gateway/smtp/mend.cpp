#include "gateway/smtp/mend.h"

#include <algorithm>

#include "gateway/vocabulary.h"

namespace gateway::smtp {
namespace {

constexpr std::size_t kLongestHello = 255;

std::string mended_hello(std::string_view name) {
  if (name.empty()) return "?";
  std::string word(name.substr(0, kLongestHello));
  for (char& c : word)
    if (c == ' ' || static_cast<unsigned char>(c) >= 0x80) c = '?';
  return word;
}

bool has_odd_dots(std::string_view local) {
  return local.starts_with('.') || local.ends_with('.') || local.find("..") != local.npos;
}

// Where there are quotes or a route, a client knows the grammar.
std::string mended_mailbox(std::string_view mailbox) {
  const std::size_t at = mailbox.find('@');
  if (at == 0 || at == mailbox.npos || mailbox.find_first_of("\"\\<>()[]:;, ") != mailbox.npos)
    return std::string(mailbox);
  const std::string_view local = mailbox.substr(0, at);
  std::string_view domain = mailbox.substr(at);
  if (domain.ends_with('.')) domain.remove_suffix(1);
  const std::string_view quote = has_odd_dots(local) ? "\"" : "";
  return std::string(quote).append(local).append(quote).append(domain);
}

// "FROM:x@a.example SIZE=5" -> "FROM:<x@a.example> SIZE=5".
std::string mended_path(std::string_view argument, std::string_view keyword) {
  if (!starts_with_nocase(argument, keyword)) return std::string(argument);
  const std::string_view path = trim(argument.substr(keyword.size()), " ");
  const bool bracketed = path.starts_with('<');
  const std::size_t end = std::min(path.find(bracketed ? '>' : ' '), path.size());
  if (path.empty() || (bracketed && end == path.size())) return std::string(argument);
  const std::string_view mailbox = path.substr(bracketed, end - bracketed);
  return std::string(keyword)
      .append("<")
      .append(mended_mailbox(mailbox))
      .append(">")
      .append(path.substr(end + (bracketed ? 1 : 0)));
}

}  // namespace

std::string mended(std::string_view line) {
  std::string spaced(line);
  std::ranges::replace(spaced, '\t', ' ');
  const std::string_view text = trim(spaced, " ");
  const std::string_view verb = text.substr(0, text.find(' '));
  const std::string_view argument = trim(text.substr(verb.size()), " ");
  const auto is = [verb](std::string_view known) { return equal_nocase(verb, known); };
  if (is("DATA") || is("RSET") || is("QUIT")) return std::string(verb);
  std::string behind(argument);
  if (is("EHLO") || is("HELO")) behind = mended_hello(argument);
  if (is("MAIL")) behind = mended_path(argument, "FROM:");
  if (is("RCPT")) behind = mended_path(argument, "TO:");
  return behind.empty() ? std::string(verb) : std::string(verb).append(" ").append(behind);
}

}  // namespace gateway::smtp
