#include "gateway/journal/json_reader.h"

#include <charconv>

#include "gateway/vocabulary.h"
#include "policy/facts/utf8.h"

namespace gateway::journal {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }
bool is_of_number(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

}  // namespace

void JsonReader::fail() {
  failed_ = true;
  rest_ = {};
}

void JsonReader::skip_blanks() {
  while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
}

bool JsonReader::at_end() {
  skip_blanks();
  return rest_.empty();
}

JsonReader::Kind JsonReader::kind() {
  skip_blanks();
  if (rest_.empty()) return Kind::none;
  switch (rest_.front()) {
    case '{': return Kind::object;
    case '[': return Kind::array;
    case '"': return Kind::text;
    case 't':
    case 'f': return Kind::boolean;
    case 'n': return Kind::null;
    default: return is_of_number(rest_.front()) ? Kind::number : Kind::none;
  }
}

bool JsonReader::open(char bracket, Kind wanted) {
  if (kind() != wanted) {
    skip();
    return false;
  }
  if (++depth_ > kDepth || !rest_.starts_with(bracket)) {
    fail();
    return false;
  }
  rest_.remove_prefix(1);
  return true;
}

// True behind the last member, or when it failed.
bool JsonReader::close(char bracket, bool first) {
  skip_blanks();
  if (rest_.starts_with(bracket)) {
    rest_.remove_prefix(1);
    --depth_;
    return true;
  }
  if (first) return failed_;
  if (!rest_.starts_with(',')) {
    fail();
    return true;
  }
  rest_.remove_prefix(1);
  return false;
}

std::optional<std::string_view> JsonReader::key() {
  skip_blanks();
  const auto name = quoted();
  skip_blanks();
  if (!name || !rest_.starts_with(':')) {
    fail();
    return std::nullopt;
  }
  rest_.remove_prefix(1);
  skip_blanks();
  return name;
}

std::optional<std::string_view> JsonReader::text() {
  if (kind() == Kind::text) return quoted();
  skip();
  return std::nullopt;
}

std::optional<std::string_view> JsonReader::quoted() {
  if (!rest_.starts_with('"')) {
    fail();
    return std::nullopt;
  }
  rest_.remove_prefix(1);
  std::size_t plain = 0;
  while (plain < rest_.size() && rest_[plain] != '"' && rest_[plain] != '\\' && !is_control(rest_[plain]))
    ++plain;
  if (plain < rest_.size() && rest_[plain] == '\\') return unescaped(plain);
  if (plain == rest_.size() || rest_[plain] != '"') {
    fail();
    return std::nullopt;
  }
  const std::string_view found = rest_.substr(0, plain);
  rest_.remove_prefix(plain + 1);
  return found;
}

// The first of its escapes stands behind `plain` octets.
std::optional<std::string_view> JsonReader::unescaped(std::size_t plain) {
  unescaped_.assign(rest_.substr(0, plain));
  rest_.remove_prefix(plain);
  while (!failed_ && !rest_.starts_with('"')) {
    if (rest_.empty() || is_control(rest_.front())) {
      fail();
    } else if (rest_.front() == '\\') {
      if (!escape()) fail();
    } else {
      unescaped_ += rest_.front();
      rest_.remove_prefix(1);
    }
  }
  if (failed_) return std::nullopt;
  rest_.remove_prefix(1);
  return std::string_view(unescaped_);
}

bool JsonReader::escape() {
  if (rest_.size() < 2) return false;
  const char c = rest_[1];
  rest_.remove_prefix(2);
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  if (const auto at = kEscapes.find(c); at != kEscapes.npos) {
    unescaped_ += kMeant[at];
    return true;
  }
  unsigned unit = 0;
  if (c != 'u' || !hex4(unit)) return false;
  if (unit >= 0xd800 && unit < 0xdc00) {  // the first of a pair.  RFC 8259 §7
    unsigned second = 0;
    if (!rest_.starts_with("\\u")) return false;
    rest_.remove_prefix(2);
    if (!hex4(second) || second < 0xdc00 || second > 0xdfff) return false;
    unit = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
  }
  if (unit >= 0xdc00 && unit < 0xe000) return false;
  policy::append_point(unescaped_, unit);
  return true;
}

bool JsonReader::hex4(unsigned& unit) {
  if (rest_.size() < 4) return false;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + 4, unit, 16);
  if (error != std::errc() || end != rest_.data() + 4) return false;
  rest_.remove_prefix(4);
  return true;
}

std::optional<double> JsonReader::number() {
  if (kind() != Kind::number) {
    skip();
    return std::nullopt;
  }
  // Not "-inf", which std::from_chars() knows as well.
  const std::string_view digits = rest_.substr(rest_.front() == '-' ? 1 : 0);
  double value = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  const auto length = static_cast<std::size_t>(end - rest_.data());
  if (digits.empty() || digits.front() < '0' || digits.front() > '9' || length == 0 ||
      (length < rest_.size() && is_of_number(rest_[length]))) {
    fail();
    return std::nullopt;
  }
  rest_.remove_prefix(length);
  if (error != std::errc()) return std::nullopt;  // more than a double holds
  return value;
}

std::optional<bool> JsonReader::boolean() {
  if (kind() != Kind::boolean) {
    skip();
    return std::nullopt;
  }
  if (word("true")) return true;
  if (word("false")) return false;
  fail();
  return std::nullopt;
}

bool JsonReader::word(std::string_view expected) {
  if (!rest_.starts_with(expected)) return false;
  rest_.remove_prefix(expected.size());
  return true;
}

void JsonReader::skip_quoted() {
  std::size_t at = 1;
  while (at < rest_.size() && rest_[at] != '"') at += rest_[at] == '\\' ? 2 : 1;
  if (at >= rest_.size()) return fail();
  rest_.remove_prefix(at + 1);
}

void JsonReader::skip() {
  switch (kind()) {
    case Kind::none: return fail();
    case Kind::text: return skip_quoted();
    case Kind::null:
      if (!word("null")) fail();
      return;
    case Kind::boolean:
      if (!word("true") && !word("false")) fail();
      return;
    case Kind::number:
      while (!rest_.empty() && is_of_number(rest_.front())) rest_.remove_prefix(1);
      return;
    case Kind::object:
    case Kind::array: break;
  }
  for (std::size_t open = 0; !rest_.empty();) {
    const char c = rest_.front();
    if (c == '"') {
      skip_quoted();
      continue;
    }
    rest_.remove_prefix(1);
    if (c == '{' || c == '[') ++open;
    if ((c == '}' || c == ']') && --open == 0) return;
  }
  fail();
}

}  // namespace gateway::journal
