#include "gateway/smtp/reply.h"

#include <algorithm>

namespace gateway::smtp {
namespace {

constexpr std::size_t kLongestLine = 512;  // with CRLF, RFC 5321 §4.5.3.1.5
constexpr std::size_t kCodeOctets = 4;     // "550 "

// What a reply may carry: printable ASCII, never a line end.  RFC 5321 §4.2
std::string safe(std::string_view text) {
  std::string safe_text(text);
  for (char& c : safe_text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f) c = ' ';
    if (octet >= 0x80) c = '?';
  }
  return safe_text;
}

// Cuts `text` into pieces of at most `most` octets, at a space where there is one.
std::vector<std::string_view> pieces(std::string_view text, std::size_t most) {
  std::vector<std::string_view> parts;
  while (text.size() > most) {
    const std::size_t space = text.rfind(' ', most);
    const bool at_space = space != text.npos && space > 0;
    const std::size_t cut = at_space ? space : most;
    parts.push_back(text.substr(0, cut));
    text.remove_prefix(at_space ? cut + 1 : cut);
  }
  parts.push_back(text);
  return parts;
}

}  // namespace

Reply::Reply(int code, std::string_view subject_detail, std::string_view text)
    : code_(std::clamp(code, 200, 599)), subject_detail_(subject_detail), lines_{safe(text)} {}

Reply::Reply(int code, std::vector<std::string> lines)
    : code_(std::clamp(code, 200, 599)), lines_(std::move(lines)) {
  for (std::string& line : lines_) line = safe(line);
  if (lines_.empty()) lines_.emplace_back();
}

std::string Reply::enhanced() const {
  if (subject_detail_.empty()) return {};
  return std::to_string(code_ / 100) + "." + subject_detail_;
}

std::string Reply::text() const {
  std::string text = std::to_string(code_);
  if (!subject_detail_.empty()) text += " " + enhanced();
  for (const std::string& line : lines_)
    if (!line.empty()) text += " " + line;
  return text;
}

void Reply::append_to(std::string& wire) const {
  const std::string code = std::to_string(code_);
  const std::string prefix = subject_detail_.empty() ? std::string() : enhanced() + " ";
  const std::size_t most = kLongestLine - 2 - kCodeOctets - prefix.size();
  std::vector<std::string_view> parts;
  for (const std::string& line : lines_)
    for (const std::string_view piece : pieces(line, most)) parts.push_back(piece);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    wire += code;
    wire += i + 1 < parts.size() ? '-' : ' ';
    wire += prefix;
    wire += parts[i];
    wire += "\r\n";
  }
}

}  // namespace gateway::smtp
