#include "gateway/smtp/reply.h"

#include <algorithm>
#include <utility>

#include "gateway/vocabulary.h"
#include "policy/facts/octet_block.h"

namespace gateway::smtp {
namespace {

constexpr std::size_t kLongestLine = 512;  // with CRLF, RFC 5321 §4.5.3.1.5
constexpr std::size_t kCodeOctets = 4;     // "550 "
constexpr std::size_t kLongestCodes = 16;  // "550 5.999.999 "

// What a reply may carry: printable ASCII, never a line end.  RFC 5321 §4.2
void append_safe(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  out += text;
  const auto is_odd = [](OctetBlock block) {
    return above_ascii(block) | below(block, 0x20) | equal_to(block, 0x7f);
  };
  if (none_odd(text, is_odd)) return;  // most are not
  for (std::size_t i = begin; i < out.size(); ++i) {
    const auto octet = static_cast<unsigned char>(out[i]);
    if (octet < 0x20 || octet == 0x7f) out[i] = ' ';
    if (octet >= 0x80) out[i] = '?';
  }
}

void append_number(std::string& out, int three_digits) {
  const auto digit = [three_digits](int place) { return static_cast<char>('0' + three_digits / place % 10); };
  out.append({digit(100), digit(10), digit(1)});
}

// Takes the front of `text`, at most `most` octets, up to a space where there is one.
std::string_view take_piece(std::string_view& text, std::size_t most) {
  if (text.size() <= most) return std::exchange(text, {});
  const std::size_t space = text.rfind(' ', most);
  const bool at_space = space != text.npos && space > 0;
  const std::string_view piece = text.substr(0, at_space ? space : most);
  text.remove_prefix(at_space ? space + 1 : most);
  return piece;
}

}  // namespace

Reply::Reply(int code, std::string_view subject_detail, std::string_view text)
    : code_(std::clamp(code, 200, 599)), subject_detail_(subject_detail) {
  append_safe(text_, text);
}

Reply::Reply(int code, const std::vector<std::string>& lines) : code_(std::clamp(code, 200, 599)) {
  for (const std::string& line : lines) {
    if (&line != &lines.front()) text_ += '\n';
    append_safe(text_, line);
  }
}

std::string Reply::enhanced() const {
  if (subject_detail_.empty()) return {};
  std::string text{static_cast<char>('0' + code_ / 100), '.'};
  return text += subject_detail_;
}

std::string Reply::text() const {
  std::string text;
  text.reserve(text_.size() + kLongestCodes);
  append_number(text, code_);
  if (!subject_detail_.empty()) text.append(" ").append(enhanced());
  for (std::string_view rest = text_; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (!line.empty()) text.append(" ").append(line);
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return text;
}

void Reply::append_to(std::string& wire) const {
  if (text_.size() + kLongestCodes + 2 <= kLongestLine && text_.find('\n') == text_.npos)
    append_line(wire);
  else
    append_lines(wire);
}

// Most have one, and a short one.
void Reply::append_line(std::string& wire) const {
  append_number(wire, code_);
  wire += ' ';
  if (!subject_detail_.empty()) {
    wire.append({static_cast<char>('0' + code_ / 100), '.'});
    wire.append(subject_detail_).append(" ");
  }
  wire.append(text_).append("\r\n");
}

void Reply::append_lines(std::string& wire) const {
  std::string prefix = enhanced();
  if (!prefix.empty()) prefix += ' ';
  const std::size_t most = kLongestLine - kCodeOctets - 2 - prefix.size();
  std::string_view rest = text_;
  for (bool last = false; !last;) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    last = line.size() == rest.size();
    rest.remove_prefix(last ? rest.size() : line.size() + 1);
    do {
      const std::string_view piece = take_piece(line, most);
      append_number(wire, code_);
      wire += last && line.empty() ? ' ' : '-';
      wire.append(prefix).append(piece).append("\r\n");
    } while (!line.empty());
  }
}

}  // namespace gateway::smtp
