#pragma once
// What a browser sends as text: the fields of a query or a form, the cookies.  All of it is hostile; reading
// is bounded and takes linear time.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway::web {

class Fields {
 public:
  static constexpr std::size_t kMost = 2000;  // fields; with more it is refused as a whole

  // "a=1&b=two+words%21" (application/x-www-form-urlencoded, URL Standard §5.1).  Nothing: it has more fields
  // than kMost, or a % without two hexadecimal digits.
  static std::optional<Fields> parse(std::string_view text);

  // {"id": ["1", "2"], "to": "a", "again": true} as the same fields: an object of texts, of true (yes) and
  // false (no), and of arrays of them (RFC 8259).  Nothing: it is anything else.
  static std::optional<Fields> parse_json(std::string_view text);

  // The first of that name; empty when there is none.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;  // in their order
  const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

// A text with its %XX read; nothing when one is broken.
std::optional<std::string> percent_decoded(std::string_view text);

// The value of a cookie in a Cookie field (RFC 6265 §4.2.1).  Nothing when there is none of that name, or
// several with different values: one of them was put there by somebody else.
std::optional<std::string_view> cookie(std::string_view field, std::string_view name);

}  // namespace gateway::web
