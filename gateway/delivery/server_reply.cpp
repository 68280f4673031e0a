#include "gateway/delivery/server_reply.h"

#include <utility>

namespace gateway::delivery {
namespace {

constexpr std::size_t kLongestLine = 4096;       // RFC 5321 §4.5.3.1.5 says 512
constexpr std::size_t kLongestReply = 64 << 10;  // all lines together
constexpr std::size_t kMostLines = 256;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "5.1.1" at the start of the text, of the class of `code`.
std::string_view enhanced_code(std::string_view text, int code) {
  if (text.size() < 5 || text[0] - '0' != code / 100 || text[1] != '.') return {};
  std::size_t at = 2;
  const auto number = [&] {
    const std::size_t begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > begin && at - begin <= 3;
  };
  if (!number() || at == text.size() || text[at++] != '.' || !number()) return {};
  if (at < text.size() && text[at] != ' ') return {};
  return text.substr(0, at);
}

}  // namespace

std::string ServerReply::text() const {
  std::string text;
  for (const std::string& line : lines) {
    if (!text.empty() && !line.empty()) text += ' ';
    text += line;
  }
  return text;
}

ReplyReader::State ReplyReader::take(std::string_view& input) {
  while (!broken_ && !input.empty()) {
    const std::size_t end = input.find('\n');
    const bool complete = end != std::string_view::npos;
    const std::string_view part = input.substr(0, end);
    octets_ += part.size() + (complete ? 1 : 0);
    broken_ = line_.size() + part.size() > kLongestLine || octets_ > kLongestReply;
    if (broken_) break;
    line_ += part;
    input.remove_prefix(complete ? end + 1 : input.size());
    if (!complete) break;
    const State state = line_complete();
    if (state == State::done) return state;
    broken_ = state == State::broken;
  }
  return broken_ ? State::broken : State::more;
}

ReplyReader::State ReplyReader::line_complete() {
  std::string line = std::exchange(line_, {});
  if (line.ends_with('\r')) line.pop_back();
  if (line.size() < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2])) return State::broken;
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (code < 200 || code > 599) return State::broken;
  const bool first = reply_.lines.empty();
  if (!first && code != reply_.code) return State::broken;
  if (reply_.lines.size() >= kMostLines) return State::broken;
  const char separator = line.size() == 3 ? ' ' : line[3];
  if (separator != ' ' && separator != '-') return State::broken;

  reply_.code = code;
  std::string_view text = line.size() > 4 ? std::string_view(line).substr(4) : std::string_view();
  const std::string_view enhanced = enhanced_code(text, code);
  if (first) reply_.enhanced = enhanced;
  if (!enhanced.empty()) text.remove_prefix(enhanced.size());
  if (!enhanced.empty() && text.starts_with(' ')) text.remove_prefix(1);
  reply_.lines.emplace_back(text);
  return separator == ' ' ? State::done : State::more;
}

ServerReply ReplyReader::reply() {
  octets_ = 0;
  return std::exchange(reply_, {});
}

}  // namespace gateway::delivery
