#include "filters/arc/instance.h"

#include <fmt/format.h>

#include "filters/arc/chain.h"

namespace filters::arc {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What stands at the front of a text, taken bit by bit.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : left_(text) {}

  bool take(char c) {
    if (left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    return true;
  }

  std::string_view take_digits() {
    std::size_t count = 0;
    while (count < left_.size() && is_digit(left_[count])) ++count;
    const std::string_view digits = left_.substr(0, count);
    left_.remove_prefix(count);
    return digits;
  }

  // White space and comments, which may hold comments.  RFC 5322 §3.2.2
  void skip_cfws() {
    std::size_t depth = 0;
    while (!left_.empty()) {
      const char c = left_.front();
      if (depth > 0 && c == '\\' && left_.size() > 1)
        left_.remove_prefix(1);
      else if (c == '(')
        ++depth;
      else if (depth > 0 && c == ')')
        --depth;
      else if (depth == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n')
        return;
      left_.remove_prefix(1);
    }
  }

 private:
  std::string_view left_;
};

}  // namespace

Result<unsigned> parse_position(std::string_view text) {
  if (text.empty()) return Error("i= is empty");
  unsigned value = 0;
  for (const char c : text) {
    if (!is_digit(c) || text.size() > 2) return Error(fmt::format("i={} is no instance", text));
    value = 10 * value + static_cast<unsigned>(c - '0');
  }
  if (value < 1 || value > kMostSets)
    return Error(fmt::format("i={} is not within 1 and {}", text, kMostSets));
  return value;
}

Result<unsigned> leading_instance(std::string_view value) {
  Cursor cursor(value);
  cursor.skip_cfws();
  if (!cursor.take('i')) return Error("it does not begin with i=");
  cursor.skip_cfws();
  if (!cursor.take('=')) return Error("it does not begin with i=");
  cursor.skip_cfws();
  const Result<unsigned> position = parse_position(cursor.take_digits());
  cursor.skip_cfws();
  if (position && !cursor.take(';')) return Error("no semicolon follows i=");
  return position;
}

}  // namespace filters::arc
