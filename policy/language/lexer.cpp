#include "policy/language/lexer.h"

#include <algorithm>

#include "policy/facts/text.h"

namespace policy::language {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '_'; }
bool in_run(char c) {
  return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == ':' || c == '/' || c == '+';
}

// A run of letters, digits and . - : / + is a word, a number, an address or a time.
Token::Kind classify(std::string_view run) {
  const bool digits_first =
      is_digit(run.front()) || (run.size() > 1 && run.front() == '-' && is_digit(run[1]));
  if (run.size() >= 10 && run[4] == '-' && run[7] == '-' && is_digit(run[0]) && is_digit(run[5]))
    return Token::Kind::time;
  if (run.find(':') != run.npos || run.find('/') != run.npos || std::count(run.begin(), run.end(), '.') == 3)
    if (digits_first || run.find(':') != run.npos) return Token::Kind::address;
  if (digits_first) return Token::Kind::number;
  return is_letter(run.front()) ? Token::Kind::word : Token::Kind::mistake;
}

Token quoted(std::string_view all, std::size_t at) {
  Token token{Token::Kind::text, at, 0, {}};
  std::size_t i = at + 1;
  for (; i < all.size() && all[i] != '"'; ++i) {
    if (all[i] == '\\' && i + 1 < all.size() && all[i + 1] == '"') ++i;  // the only escape: patterns stay raw
    token.text += all[i];
  }
  if (i >= all.size()) return {Token::Kind::mistake, at, all.size() - at, "this text has no closing \""};
  token.length = i + 1 - at;
  return token;
}

std::string what_instead(std::string_view symbol) {
  if (symbol == "=") return "write == to compare";
  if (symbol == "<>") return "write != to compare";
  if (symbol == "=~" || symbol == "~") return "write 'matches'";
  if (symbol == "&&" || symbol == "&") return "write 'and'";
  if (symbol == "||" || symbol == "|") return "write 'or'";
  if (symbol == "!") return "write 'not'";
  if (symbol == "'") return "text in a condition stands in \"…\"";
  return "'" + printable(symbol) + "' has no meaning here";
}

}  // namespace

std::vector<Token> tokens_of(std::string_view all) {
  using enum Token::Kind;
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < all.size();) {
    const char c = all[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
      continue;
    }
    const std::string_view two = all.substr(at, 2);
    const std::string_view one = all.substr(at, 1);
    if (c == '"') {
      tokens.push_back(quoted(all, at));
    } else if (two == "==" || two == "!=" || two == "<=" || two == ">=") {
      tokens.push_back({symbol, at, 2, std::string(two)});
    } else if (two != "<>" && std::string_view("<>()[],").find(c) != std::string_view::npos) {
      tokens.push_back({symbol, at, 1, std::string(one)});
    } else if (in_run(c)) {
      std::size_t end = at;
      while (end < all.size() && in_run(all[end])) ++end;
      const std::string_view run = all.substr(at, end - at);
      const Token::Kind kind = classify(run);
      tokens.push_back({kind, at, run.size(), kind == mistake ? what_instead(run) : std::string(run)});
    } else {
      const bool pair = two == "&&" || two == "||" || two == "<>" || two == "=~";
      const std::string_view bad = pair ? two : one;
      std::size_t length = bad.size();
      while (static_cast<unsigned char>(c) >= 0x80 && at + length < all.size() &&
             (static_cast<unsigned char>(all[at + length]) & 0xC0) == 0x80)
        ++length;
      tokens.push_back({mistake, at, length, what_instead(all.substr(at, length))});
    }
    at += tokens.back().length;
  }
  tokens.push_back({end, all.size(), 1, {}});
  return tokens;
}

}  // namespace policy::language
