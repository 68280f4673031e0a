#include "policy/language/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "policy/diagnostic.h"
#include "policy/facts/text.h"
#include "policy/language/lexer.h"

namespace policy::language {
namespace {

constexpr std::array<std::string_view, 6> kWordOperators{"in",       "under", "matches",
                                                         "contains", "has",   "resembles"};
constexpr std::array<std::string_view, 9> kAllWords{"and",     "or",       "not", "in",       "under",
                                                    "matches", "contains", "has", "resembles"};

struct Stop {};  // a mistake was noted: leave the condition

class Parser {
 public:
  Parser(std::string_view condition, std::vector<Mistake>& mistakes)
      : tokens_(tokens_of(condition)), mistakes_(mistakes) {}

  Term condition() {
    if (tokens_.size() > kTokens)
      fail(tokens_.front(), "this condition is too long: split it into several rules");
    if (here().kind == Token::Kind::end) fail(here(), "a condition is missing here");
    Term term = either();
    if (here().kind != Token::Kind::end) unexpected();
    return term;
  }

 private:
  using Kind = Token::Kind;

  const Token& here() {
    const Token& token = tokens_[at_];
    if (token.kind == Kind::mistake) fail(token, token.text);
    return token;
  }
  Token take() {
    Token token = here();
    if (token.kind != Kind::end) ++at_;
    return token;
  }
  bool is_symbol(std::string_view wanted) { return here().kind == Kind::symbol && here().text == wanted; }
  bool is_word(std::string_view wanted) { return here().kind == Kind::word && here().text == wanted; }
  bool skip_symbol(std::string_view wanted) { return is_symbol(wanted) && (++at_, true); }
  bool skip_word(std::string_view wanted) { return is_word(wanted) && (++at_, true); }

  [[noreturn]] void fail(const Token& token, std::string message) {
    mistakes_.push_back({token.offset, std::max<std::size_t>(1, token.length), std::move(message)});
    throw Stop();
  }

  [[noreturn]] void unexpected() {
    const Token& token = tokens_[at_];
    if (token.kind == Kind::end)
      fail(token, "the condition ends too early: a comparison or a fact was expected");
    if (is_symbol(")")) fail(token, "this ')' closes nothing");
    if (token.kind == Kind::word)
      fail(token, fmt::format("unexpected '{}': an operator (and, or, ==, in, …) was expected{}", token.text,
                              did_you_mean(token.text, kAllWords)));
    fail(token, fmt::format("unexpected '{}': an operator (and, or, ==, in, …) was expected",
                            printable(token.text)));
  }

  void deeper(const Token& token) {
    if (++depth_ > kDepth)
      fail(token, fmt::format("more than {} parentheses and 'not' within each other", kDepth));
  }

  static Term join(Term::Kind kind, Term left, Term right) {
    Term term;
    term.kind = kind;
    term.offset = left.offset;
    term.length = right.offset + right.length - left.offset;
    term.left = std::make_unique<Term>(std::move(left));
    term.right = std::make_unique<Term>(std::move(right));
    return term;
  }

  Term either() {
    Term left = both();
    while (skip_word("or")) left = join(Term::Kind::either, std::move(left), both());
    return left;
  }

  Term both() {
    Term left = negated();
    while (skip_word("and")) left = join(Term::Kind::both, std::move(left), negated());
    return left;
  }

  Term negated() {
    if (!is_word("not")) return comparison();
    const Token token = take();
    deeper(token);
    Term inner = negated();
    --depth_;
    Term term;
    term.kind = Term::Kind::negated;
    term.offset = token.offset;
    term.length = inner.offset + inner.length - token.offset;
    term.left = std::make_unique<Term>(std::move(inner));
    return term;
  }

  Term comparison() {
    if (is_symbol("(")) {
      const Token open = take();
      deeper(open);
      Term inner = either();
      --depth_;
      if (here().kind == Kind::end) fail(open, "this '(' is never closed");
      if (!skip_symbol(")")) unexpected();
      return inner;
    }
    Term left = operand();
    const std::string op = comparison_operator();
    if (op.empty()) return left;
    Term term = join(Term::Kind::compared, std::move(left), operand());
    term.text = op;
    const std::size_t next = at_;
    if (!comparison_operator().empty())
      fail(tokens_[next], "comparisons cannot be chained: write 'a < b and b < c'");
    return term;
  }

  // "==", "in", "not in", "has any", …; empty when none follows.
  std::string comparison_operator() {
    if (here().kind == Kind::symbol && here().text.find_first_of("=<>") != std::string::npos)
      return take().text;
    if (here().kind != Kind::word) return {};
    if (std::ranges::find(kWordOperators, here().text) == kWordOperators.end()) {
      if (is_word("not") && at_ + 1 < tokens_.size() && tokens_[at_ + 1].text == "in")
        fail(here(), "write 'not (… in …)'");
      return {};
    }
    std::string op = take().text;
    if (op == "has" && skip_word("any")) op = "has any";
    return op;
  }

  static Term leaf(Term::Kind kind, const Token& token) {
    Term term;
    term.kind = kind;
    term.text = token.text;
    term.offset = token.offset;
    term.length = token.length;
    return term;
  }

  Term operand() {
    const Token& next = here();
    switch (next.kind) {
      case Kind::text: return leaf(Term::Kind::text, take());
      case Kind::number: return leaf(Term::Kind::number, take());
      case Kind::address: return leaf(Term::Kind::address, take());
      case Kind::time: return leaf(Term::Kind::time, take());
      case Kind::word: {
        if (std::ranges::find(kAllWords, next.text) != kAllWords.end())
          fail(next, fmt::format("unexpected '{}': a fact or a value was expected", next.text));
        Term term = leaf(Term::Kind::word, take());
        if (is_symbol("(")) {
          term.kind = Term::Kind::call;
          arguments(term, "(", ")");
        }
        return term;
      }
      case Kind::symbol:
        if (next.text == "[") {
          Term term = leaf(Term::Kind::list, next);
          term.text.clear();
          arguments(term, "[", "]");
          return term;
        }
        if (next.text == "(") fail(next, "a value was expected here, not parentheses");
        [[fallthrough]];
      default:
        if (next.kind == Kind::end)
          fail(next, "the condition ends too early: a fact or a value was expected");
        fail(next, fmt::format("unexpected '{}': a fact or a value was expected", printable(next.text)));
    }
  }

  void arguments(Term& term, std::string_view open, std::string_view close) {
    const Token opening = take();
    deeper(opening);
    while (!is_symbol(close)) {
      if (here().kind == Kind::end) fail(opening, fmt::format("this '{}' is never closed", open));
      term.arguments.push_back(operand());
      if (!skip_symbol(",") && !is_symbol(close)) {
        if (here().kind == Kind::end) fail(opening, fmt::format("this '{}' is never closed", open));
        fail(here(), fmt::format("',' or '{}' was expected", close));
      }
    }
    const Token closing = take();
    term.length = closing.offset + closing.length - term.offset;
    --depth_;
  }

  std::vector<Token> tokens_;
  std::vector<Mistake>& mistakes_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

std::optional<Term> parse_condition(std::string_view condition, std::vector<Mistake>& mistakes) {
  try {
    return Parser(condition, mistakes).condition();
  } catch (const Stop&) {
    return std::nullopt;
  }
}

bool is_operator_word(std::string_view word) { return std::ranges::find(kAllWords, word) != kAllWords.end(); }

}  // namespace policy::language
