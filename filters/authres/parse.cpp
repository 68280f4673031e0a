#include "filters/authres/parse.h"

#include <algorithm>
#include <utility>

#include "policy/facts/text.h"

#include "filters/authres/syntax.h"

namespace filters::authres {
namespace {

using policy::facts::to_lower;

constexpr std::size_t kMostDigits = 9;  // of a version

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_control(char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; }

// RFC 2045 §5.1, and UTF-8.  RFC 8601 §2.2, RFC 6532
bool is_token_octet(char c) {
  constexpr std::string_view kSpecials = "()<>@,;:\\\"/[]?=";
  return c != 0x7f && !(c >= 0 && c <= ' ') && kSpecials.find(c) == kSpecials.npos;
}
// Of a local part without quotes.  RFC 5322 §3.2.3
bool is_local_octet(char c) { return is_token_octet(c) || c == '/' || c == '?' || c == '='; }

// Walks over the text once.  Each function leaves its place behind what it took; false or nothing means that
// the field is malformed.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text_.ends_with("\r\n")) text_.remove_suffix(2);
  }

  bool at_end() const { return at_ == text_.size(); }
  bool next_is(char c) const { return !at_end() && text_[at_] == c; }
  bool take(char c) { return next_is(c) && ++at_ != 0; }

  // Comments, blanks and folds, if any.  RFC 5322 §3.2.2
  bool skip_cfws() {
    for (std::size_t depth = 0;;) {
      if (!skip_fold()) return false;
      if (at_end()) return depth == 0;
      const char c = text_[at_];
      if (depth == 0 && c != '(' && !is_blank(c)) return true;
      if (c == '(' && ++depth > kDeepestComment) return false;
      if (c == ')') --depth;
      if (c == '\\' && ++at_ == text_.size()) return false;
      if (is_control(text_[at_])) return false;
      ++at_;
    }
  }

  template <class Is>
  std::string_view run(Is is) {
    const std::size_t begin = at_;
    while (!at_end() && is(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  // With blanks and comments on both sides.
  std::optional<std::string> keyword() {
    if (!skip_cfws()) return std::nullopt;
    const std::string_view word = run(is_keyword_octet);
    if (word.empty() || !skip_cfws()) return std::nullopt;
    return to_lower(word);
  }

  std::optional<unsigned> number() {
    const std::string_view digits = run(is_digit);
    if (digits.empty() || digits.size() > kMostDigits || !skip_cfws()) return std::nullopt;
    unsigned number = 0;
    for (const char c : digits) number = 10 * number + static_cast<unsigned>(c - '0');
    return number;
  }

  // A token or a quoted string.
  std::optional<std::string> value() {
    if (!skip_cfws()) return std::nullopt;
    if (next_is('"')) return quoted();
    const std::string_view token = run(is_token_octet);
    return token.empty() ? std::nullopt : std::optional<std::string>(token);
  }

  // A value, or an address whose local part may be missing.
  std::optional<std::string> property_value() {
    if (!skip_cfws()) return std::nullopt;
    const bool in_quotes = next_is('"');
    std::optional<std::string> local = in_quotes ? quoted() : std::string(run(is_local_octet));
    if (!local || !skip_cfws()) return std::nullopt;
    if (!take('@')) {
      const bool sound = in_quotes || (!local->empty() && std::ranges::all_of(*local, is_token_octet));
      return sound ? local : std::nullopt;
    }
    if (!skip_cfws()) return std::nullopt;
    const std::string_view domain = run(is_token_octet);
    if (domain.empty() || !skip_cfws()) return std::nullopt;
    return local->append("@").append(domain);
  }

 private:
  // A CRLF that a blank follows; the blank is left.
  bool skip_fold() {
    if (!next_is('\r')) return true;
    if (at_ + 2 >= text_.size() || text_[at_ + 1] != '\n' || !is_blank(text_[at_ + 2])) return false;
    at_ += 2;
    return true;
  }

  std::optional<std::string> quoted() {
    std::string content;
    ++at_;
    for (;;) {
      if (!skip_fold() || at_end()) return std::nullopt;
      char c = text_[at_++];
      if (c == '"') return content;
      if (c == '\\') {
        if (at_end()) return std::nullopt;
        c = text_[at_++];
      }
      if (is_control(c)) return std::nullopt;
      content += c;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Parser {
 public:
  explicit Parser(std::string_view value) : reader_(value) {}

  std::optional<AuthenticationResults> parse() {
    auto id = reader_.value();
    if (!id || !reader_.skip_cfws()) return std::nullopt;
    AuthenticationResults results{.authserv_id = std::move(*id)};
    if (!reader_.at_end() && !reader_.next_is(';')) {
      const auto version = reader_.number();
      if (!version) return std::nullopt;
      results.version = *version;
    }
    bool none = false;
    while (!reader_.at_end()) {
      if (!reader_.take(';') || !reader_.skip_cfws()) return std::nullopt;
      if (reader_.at_end() || reader_.next_is(';')) continue;
      auto word = reader_.keyword();
      if (!word || none) return std::nullopt;
      none = *word == "none" && (reader_.at_end() || reader_.next_is(';'));
      if (none ? !results.resinfos.empty() : !add_resinfo(std::move(*word), results)) return std::nullopt;
    }
    return none || !results.resinfos.empty() ? std::optional(std::move(results)) : std::nullopt;
  }

 private:
  bool add_resinfo(std::string method, AuthenticationResults& results) {
    if (results.resinfos.size() == kMostResinfos) return false;
    Resinfo& resinfo = results.resinfos.emplace_back(Resinfo{.method = std::move(method), .result = {}});
    if (reader_.take('/')) {
      if (!reader_.skip_cfws()) return false;
      const auto version = reader_.number();
      if (!version) return false;
      resinfo.method_version = *version;
    }
    if (!reader_.take('=')) return false;
    auto result = reader_.keyword();
    if (!result) return false;
    resinfo.result = std::move(*result);
    for (bool reason = false; !reader_.at_end() && !reader_.next_is(';');)
      if (!add_property(resinfo, reason)) return false;
    return true;
  }

  bool add_property(Resinfo& resinfo, bool& reason) {
    auto word = reader_.keyword();
    if (!word) return false;
    Property property{.ptype = {}, .name = std::move(*word), .value = {}};
    if (reader_.take('.')) {
      auto name = reader_.keyword();
      if (!name) return false;
      property.ptype = std::exchange(property.name, std::move(*name));
    }
    if (!reader_.take('=')) return false;
    const bool is_reason = property.ptype.empty() && property.name == "reason";
    auto value = is_reason ? reader_.value() : reader_.property_value();
    if (!value || !reader_.skip_cfws()) return false;
    if (is_reason) {
      resinfo.reason = std::move(*value);
      return !std::exchange(reason, true);
    }
    property.value = std::move(*value);
    resinfo.properties.push_back(std::move(property));
    return ++properties_ <= kMostProperties;
  }

  Reader reader_;
  std::size_t properties_ = 0;
};

}  // namespace

std::optional<AuthenticationResults> parse(std::string_view value) { return Parser(value).parse(); }

std::optional<std::string> parse_authserv_id(std::string_view value) { return Reader(value).value(); }

}  // namespace filters::authres
