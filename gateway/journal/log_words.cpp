#include "gateway/journal/log_words.h"

#include <fmt/compile.h>

#include <array>
#include <iterator>

#include "gateway/vocabulary.h"
#include "policy/facts/octet_block.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kLongest = 256;    // octets of a value, but for "…" and the backslashes
constexpr std::size_t kUsualLine = 640;  // and more: room is made at once

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (const char c :
       std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@.-_+:/<>[]!#$%&*?~"))
    plain[static_cast<unsigned char>(c)] = true;
  return plain;
}();

// Nearly every value is, so that there is nothing to gain from stopping at the first octet that is not.
bool is_plain(std::string_view text) {
  bool plain = true;
  for (const char c : text) plain &= kPlain[static_cast<unsigned char>(c)];
  return plain;
}

bool stands_in_quotes(std::string_view text) {
  return none_odd(text, [](OctetBlock block) {
    return above_ascii(block) | below(block, 0x20) | equal_to(block, 0x7f) | equal_to(block, '"') |
           equal_to(block, '\\');
  });
}

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  if (text.size() <= kLongest && stands_in_quotes(text)) {
    line += text;
  } else {
    for (const char c : printable(text, kLongest)) {
      if (c == '"' || c == '\\') line += '\\';
      line += c;
    }
  }
  line += '"';
}

}  // namespace

LogWords::LogWords() { line_.reserve(kUsualLine); }

LogWords& LogWords::word(std::string_view name, std::initializer_list<std::string_view> pieces) {
  line_ += name;
  const std::size_t before = line_.size();
  for (const std::string_view piece : pieces) line_ += piece;
  const std::string_view value = std::string_view(line_).substr(before);
  if (value.size() <= kLongest && is_plain(value)) return *this;
  const std::string odd(value);
  line_.resize(before);
  append_quoted(line_, odd);
  return *this;
}

LogWords& LogWords::quoted(std::string_view name, std::string_view text) {
  line_ += name;
  append_quoted(line_, text);
  return *this;
}

LogWords& LogWords::number(std::string_view name, std::uint64_t value) {
  line_ += name;
  fmt::format_to(std::back_inserter(line_), FMT_COMPILE("{}"), value);
  return *this;
}

LogWords& LogWords::seconds(std::string_view name, double value) {
  line_ += name;
  fmt::format_to(std::back_inserter(line_), FMT_COMPILE("{:.2f}"), value);
  return *this;
}

}  // namespace gateway::journal
