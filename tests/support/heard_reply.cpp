#include "tests/support/heard_reply.h"

#include <algorithm>

#include "tests/support/dialogue.h"

namespace support {
namespace {

constexpr std::size_t kLongestLine = 512;  // with CRLF, RFC 5321 §4.5.3.1.5

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "5.7.1" at the front of the text, followed by a space; RFC 3463 §2: one to three digits each.
std::string enhanced_code(std::string_view text) {
  const std::string_view word = text.substr(0, text.find(' '));
  if (word.size() == text.size() || std::ranges::count(word, '.') != 2) return {};
  if (word.size() < 5 || word[1] != '.' || !is_digit(word.front()) || !is_digit(word.back())) return {};
  const bool plain = std::ranges::all_of(word, [](char c) { return c == '.' || is_digit(c); });
  return plain ? std::string(word) : std::string();
}

// What is wrong with one line, without its CRLF; "" when nothing is.
std::string_view flaw(std::string_view line) {
  if (line.size() + 2 > kLongestLine) return "a line is too long";
  if (!std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }))
    return "a line is not printable";
  if (line.size() < 4 || !std::all_of(line.begin(), line.begin() + 3, is_digit))
    return "a line without a code";
  if (line[0] < '2' || line[0] > '5') return "a code of no class";
  if (line[3] != ' ' && line[3] != '-') return "no separator behind the code";
  return "";
}

}  // namespace

HeardReplies read_replies(std::string_view wire) {
  HeardReplies heard;
  HeardReply reply;
  std::string_view rest = wire;  // from the first line of a reply on
  for (std::size_t end = wire.find("\r\n"); end != wire.npos; end = wire.find("\r\n")) {
    const std::string_view line = wire.substr(0, end);
    wire.remove_prefix(end + 2);
    const std::string_view wrong = flaw(line);
    if (!wrong.empty()) {
      heard.complaint = std::string(wrong) + ": " + escaped(line);
      return heard;
    }
    const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    const std::string enhanced = enhanced_code(line.substr(4));
    const bool disagrees = reply.lines > 0 && (reply.code != code || reply.enhanced != enhanced);
    if (disagrees || (!enhanced.empty() && enhanced.front() != line.front())) {
      heard.complaint = "codes do not agree: " + escaped(line);
      return heard;
    }
    const std::size_t text = 4 + (enhanced.empty() ? 0 : enhanced.size() + 1);
    reply = {code, enhanced, std::string(line.substr(text)), reply.lines + 1};
    if (line[3] == '-') continue;
    heard.replies.push_back(std::exchange(reply, {}));
    rest = wire;
  }
  heard.rest = rest;
  return heard;
}

}  // namespace support
