#include "policy/language/checker.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "policy/diagnostic.h"
#include "policy/facts/text.h"
#include "policy/language/operand.h"
#include "policy/language/parser.h"

namespace policy::language {
namespace {

constexpr std::size_t kNodes = 5000;         // of a condition with its defines expanded
constexpr std::size_t kDefinesDeep = 100;    // named conditions within each other
constexpr std::size_t kPatternBytes = 1000;  // of a pattern's text
constexpr std::int64_t kPatternMemory = 4 << 20;

}  // namespace

void Checker::mistake(const Term& at, std::string message) {
  // What is wrong within a named condition is reported there, once.
  if (expanding_.empty()) mistakes_.push_back({at.offset, at.length, std::move(message)});
}

std::string Checker::unknown(std::string_view word, const Term* compared_with) const {
  if (word.starts_with("lists.")) {
    std::vector<std::string> lists;
    for (const auto& [name, list] : names_.lists) lists.push_back("lists." + name);
    const std::vector<std::string_view> candidates(lists.begin(), lists.end());
    return fmt::format("unknown list '{}'{}", word, did_you_mean(word, candidates));
  }
  std::vector<std::string_view> candidates;
  // "spf.result == fail": one of spf.* that is an outcome was meant.
  if (compared_with && parse_outcome(compared_with->text))
    for (std::size_t i = 0; i < names_.vocabulary.size(); ++i) {
      const FactSpec& spec = names_.vocabulary[FactId(i)];
      if (spec.type == Type::outcome &&
          spec.name.substr(0, spec.name.find('.')) == word.substr(0, word.find('.')))
        candidates.push_back(spec.name);
    }
  // "sender": one of sender.*.
  const std::string group = std::string(word) + ".";
  const bool guessed = !candidates.empty();
  for (std::size_t i = 0; !guessed && i < names_.vocabulary.size() && candidates.size() < 3; ++i)
    if (names_.vocabulary[FactId(i)].name.starts_with(group))
      candidates.push_back(names_.vocabulary[FactId(i)].name);
  if (!candidates.empty())
    return fmt::format("unknown fact '{}'; did you mean {}?", word, listed(candidates));
  if (word.starts_with("header."))
    return fmt::format("unknown fact '{}'; header fields are asked as in header(\"List-Id\")", word);
  for (std::size_t i = 0; i < names_.vocabulary.size(); ++i)
    candidates.push_back(names_.vocabulary[FactId(i)].name);
  for (const auto& [name, term] : names_.defines) candidates.emplace_back(name);
  candidates.insert(candidates.end(), {"header", "header_count", "troubled", "true", "false"});
  return fmt::format("unknown fact '{}'{}", word, did_you_mean(word, candidates));
}

std::optional<Condition> Checker::check(const Term& term) {
  nodes_ = 0;
  too_large_ = false;
  auto compiled = condition(term);
  // Found within a named condition, perhaps: that one may be fine by itself.
  if (too_large_) mistake(term, "this condition is too large once its named conditions are put in");
  return compiled;
}

bool Checker::take_node() {
  if (names_.budget && names_.budget->nodes-- == 0) {
    names_.budget->nodes = 0;
    return false;
  }
  return ++nodes_ <= kNodes;
}

std::optional<Condition> Checker::condition(const Term& term) {
  if (!take_node() || expanding_.size() > kDefinesDeep) {
    too_large_ = true;
    return std::nullopt;
  }
  switch (term.kind) {
    case Term::Kind::both:
    case Term::Kind::either: {
      auto left = condition(*term.left);
      auto right = condition(*term.right);
      if (!left || !right) return std::nullopt;
      return term.kind == Term::Kind::both ? Condition::both(std::move(*left), std::move(*right))
                                           : Condition::either(std::move(*left), std::move(*right));
    }
    case Term::Kind::negated: {
      auto inner = condition(*term.left);
      if (!inner) return std::nullopt;
      return Condition::negated(std::move(*inner));
    }
    case Term::Kind::compared: return comparison(term);
    case Term::Kind::word: return word(term);
    case Term::Kind::call:
      if (term.text == "troubled") return troubled(term);
      if (term.text == "header" || term.text == "header_count") {
        mistake(term, fmt::format("{}(…) is not a condition by itself: compare it, as in {}", term.text,
                                  term.text == "header" ? "header(\"List-Id\") != \"\""
                                                        : "header_count(\"From\") > 1"));
        return std::nullopt;
      }
      unknown_function(term);
      return std::nullopt;
    default:
      mistake(term, "a condition was expected here: a comparison, or a fact that is true or false");
      return std::nullopt;
  }
}

std::optional<Condition> Checker::word(const Term& term) {
  if (term.text == "true" || term.text == "false")
    return Condition::test({Test::Op::constant, FactId{}, Value(term.text == "true"), false});
  if (names_.defines.contains(term.text)) return define(term);
  if (term.text.starts_with("lists.") && names_.lists.contains(term.text.substr(6))) {
    mistake(term,
            fmt::format("'{}' is a list, not a condition: compare a fact with it, as in client.ip in {}",
                        term.text, term.text));
    return std::nullopt;
  }
  const auto id = fact(term);
  if (!id) return std::nullopt;
  const FactSpec& spec = names_.vocabulary[*id];
  if (spec.type != Type::boolean) {
    mistake(term, fmt::format("'{}' is of type {}: compare it with something", term.text, name(spec.type)));
    return std::nullopt;
  }
  return Condition::test({Test::Op::is_true, *id, Value(true), false});
}

std::optional<Condition> Checker::define(const Term& term) {
  if (std::ranges::find(expanding_, term.text) != expanding_.end()) {
    // Seen from the outermost define, so that one of the circle reports it.
    if (expanding_.front() == term.text || expanding_.size() > names_.defines.size()) {
      const std::vector<std::string> stack = std::move(expanding_);
      expanding_.clear();
      mistake(term, fmt::format("'{}' is defined by itself", term.text));
      expanding_ = stack;
    }
    return std::nullopt;
  }
  expanding_.push_back(term.text);
  auto inner = condition(names_.defines.find(term.text)->second);
  expanding_.pop_back();
  return inner;
}

void Checker::unknown_function(const Term& term) {
  static constexpr std::array<std::string_view, 3> kFunctions{"header", "header_count", "troubled"};
  mistake(term, fmt::format("unknown function '{}'{}", term.text, did_you_mean(term.text, kFunctions)));
}

std::optional<FactId> Checker::fact(const Term& term, const Term* compared_with) {
  const auto id = names_.vocabulary.find(term.text);
  if (!id) {
    mistake(term, unknown(term.text, compared_with));
    return std::nullopt;
  }
  if (term.text == "score") {
    mistake(term, "'score' is known only after the last rule: say in [score] what a total means");
    return std::nullopt;
  }
  return id;
}

std::optional<Condition> Checker::troubled(const Term& term) {
  if (term.arguments.size() != 1 || term.arguments.front().kind != Term::Kind::word) {
    mistake(term, "troubled() takes the name of one fact, as in troubled(spf.mailfrom)");
    return std::nullopt;
  }
  const auto id = fact(term.arguments.front());
  if (!id) return std::nullopt;
  return Condition::test({Test::Op::troubled, *id, Value(true), false});
}

EntryList::Kind Checker::entry_kind(const Side& left, Test::Op op) const {
  if (left.people) return EntryList::Kind::name;
  if (op == Test::Op::under) return EntryList::Kind::domain;
  if (op == Test::Op::contains) return EntryList::Kind::text;
  switch (left.element()) {
    case Type::ip: return EntryList::Kind::network;
    case Type::domain: return EntryList::Kind::domain;
    case Type::address: return EntryList::Kind::address;
    default: return EntryList::Kind::text;
  }
}

// [a, b] on the right of `in`, `has any`, `under`, `contains`.
std::optional<Condition> Checker::literal_list(const Term& term, const Side& left, const Term& right,
                                               Test::Op op) {
  if (right.arguments.empty()) {
    mistake(right, "an empty list: nothing is ever in it");
    return std::nullopt;
  }
  const Type type = left.element();
  const bool entries = type == Type::ip || is_text_like(left.type);
  if (entries) {
    EntryList::Maker list(entry_kind(left, op));
    bool fine = true;
    for (const Term& entry : right.arguments) {
      const bool written_right =
          entry.kind == Term::Kind::text ||
          (type == Type::ip && (entry.kind == Term::Kind::address || entry.kind == Term::Kind::number));
      if (!written_right || !list.add(entry.text)) {
        mistake(entry, fmt::format("{} was expected in this list",
                                   list.kind() == EntryList::Kind::network
                                       ? "an address or a network"
                                       : "a " + std::string(name(list.kind())) + " in quotes"));
        fine = false;
      }
    }
    if (!fine) return std::nullopt;
    return Condition::test({op, left.left, list.done(), left.people});
  }
  if (op != Test::Op::in) return std::nullopt;
  std::optional<Condition> any;
  for (const Term& entry : right.arguments) {
    auto value = literal(entry, type, left.spec);
    if (!value) return std::nullopt;
    Condition one = Condition::test({Test::Op::equal, left.left, std::move(*value), false});
    any = any ? Condition::either(std::move(*any), std::move(one)) : std::move(one);
  }
  (void)term;
  return any;
}

// The right of `in`, `has`, `has any`, `under`, `contains`.
std::optional<Condition> Checker::one_of(const Term& term, const Side& left, const Term& right, Test::Op op) {
  if (right.kind == Term::Kind::list) return literal_list(term, left, right, op);
  if (right.kind == Term::Kind::word && right.text.starts_with("lists.")) {
    const auto found = names_.lists.find(right.text.substr(6));
    if (found == names_.lists.end()) {
      mistake(right, unknown(right.text));
      return std::nullopt;
    }
    if (!found->second) return std::nullopt;
    const EntryList::Kind kind = entry_kind(left, op);
    const auto declared = found->second->declared();
    const bool convertible = kind == EntryList::Kind::name || kind == EntryList::Kind::text;
    if (declared && *declared != kind && !(convertible && *declared != EntryList::Kind::network)) {
      mistake(right, fmt::format("'{}' is a list of type {}, but '{}' asks for type {}", right.text,
                                 name(*declared), left.name, name(kind)));
      return std::nullopt;
    }
    Entries entries = found->second->entries(kind, left.name);
    if (!entries) return std::nullopt;
    return Condition::test({op, left.left, std::move(entries), left.people});
  }
  if (const auto id = right_fact(right, left.type, true, false); id && left.type != Type::ip) {
    const bool people = left.people || right.text == "local.names";
    return Condition::test({op == Test::Op::in ? Test::Op::equal : op, left.left, *id, people});
  }
  if (op == Test::Op::in && left.type == Type::ip &&
      (right.kind == Term::Kind::address || right.kind == Term::Kind::text ||
       right.kind == Term::Kind::number)) {
    EntryList::Maker list(EntryList::Kind::network);
    if (list.add(right.text)) return Condition::test({op, left.left, list.done(), false});
    mistake(right, "an IP address or a network was expected here, such as 192.0.2.0/24");
    return std::nullopt;
  }
  if ((op == Test::Op::under || op == Test::Op::contains) && right.kind == Term::Kind::text) {
    auto value = literal(right, op == Test::Op::under ? Type::domain : Type::text, nullptr);
    if (!value) return std::nullopt;
    if (right.text.empty()) {
      mistake(right, op == Test::Op::under ? "nothing is under the empty domain"
                                           : "every text contains the empty text");
      return std::nullopt;
    }
    return Condition::test({op, left.left, std::move(*value), false});
  }
  if (right.kind == Term::Kind::word && !names_.vocabulary.find(right.text)) {
    mistake(right, unknown(right.text));
    return std::nullopt;
  }
  mistake(right, op == Test::Op::in
                     ? "a list was expected here: lists.NAME, [\"a\", \"b\"] or a fact of type list"
                     : "text in quotes or a list was expected here");
  return std::nullopt;
}

std::optional<Condition> Checker::comparison(const Term& term) {
  const auto side = left_side(*term.left, *term.right);
  const Term& right = *term.right;
  if (!side) return std::nullopt;
  const auto wrong_type = [&](std::string_view wanted) -> std::optional<Condition> {
    mistake(term, fmt::format("'{}' asks for {} on its left, and '{}' is of type {}", term.text, wanted,
                              side->name, name(side->type)));
    return std::nullopt;
  };

  if (term.text == "resembles") {
    if (!is_text_like(side->type)) return wrong_type("text, a domain or an address");
    return resemblance(term, *side, right);
  }
  if (term.text == "in") {
    if (side->type == Type::boolean || side->type == Type::time) return wrong_type("a value that lists hold");
    return one_of(term, *side, right, Test::Op::in);
  }
  if (term.text == "under") {
    if (!is_text_like(side->type) || side->people) return wrong_type("a domain");
    return one_of(term, *side, right, Test::Op::under);
  }
  if (term.text == "contains") {
    if (!is_text_like(side->type)) return wrong_type("text");
    return one_of(term, *side, right, Test::Op::contains);
  }
  if (term.text == "has any") {
    if (side->type != Type::list) return wrong_type("a list");
    return one_of(term, *side, right, Test::Op::in);
  }
  if (term.text == "has") {
    if (side->type != Type::list) return wrong_type("a list");
    if (right.kind == Term::Kind::list ||
        (right.kind == Term::Kind::word && right.text.starts_with("lists."))) {
      mistake(right, "write 'has any' to look for one of several");
      return std::nullopt;
    }
  }
  if (term.text == "matches") {
    if (!is_text_like(side->type)) return wrong_type("text");
    if (right.kind != Term::Kind::text) {
      mistake(right, "a pattern in quotes was expected here");
      return std::nullopt;
    }
    if (right.text.size() > kPatternBytes) {
      mistake(right, fmt::format("a pattern may have {} octets", kPatternBytes));
      return std::nullopt;
    }
    if (names_.budget && names_.budget->patterns-- == 0) {
      names_.budget->patterns = 0;
      too_large_ = true;
      return std::nullopt;
    }
    re2::RE2::Options options;
    options.set_case_sensitive(false);
    options.set_log_errors(false);
    options.set_max_mem(kPatternMemory);
    auto pattern = std::make_shared<const re2::RE2>(right.text, options);
    if (!pattern->ok()) {
      mistake(right, fmt::format("not a pattern that RE2 understands: {}", pattern->error()));
      return std::nullopt;
    }
    return Condition::test({Test::Op::matches, side->left, Pattern(std::move(pattern)), false});
  }

  // == != < <= > >= has
  const bool order = term.text != "==" && term.text != "!=" && term.text != "has";
  if (order && side->type != Type::number && side->type != Type::time)
    return wrong_type("a number or a time");
  if (right.kind == Term::Kind::list ||
      (right.kind == Term::Kind::word && right.text.starts_with("lists."))) {
    mistake(right, fmt::format("write 'in' instead of '{}' to look for one of several", term.text));
    return std::nullopt;
  }
  const Type wanted = side->type == Type::list ? side->element() : side->type;
  Test test{Test::Op::equal, side->left, Value(false), side->people};
  if (const auto id = right_fact(right, wanted, false, names_.vocabulary.find(right.text).has_value())) {
    test.right = *id;
    test.as_name = test.as_name && right.kind == Term::Kind::word;
  } else if (right.kind == Term::Kind::word && names_.vocabulary.find(right.text)) {
    return std::nullopt;  // of another type: reported
  } else if (right.kind == Term::Kind::call) {
    mistake(right, "header(…) stands on the left of a comparison");
    return std::nullopt;
  } else {
    auto value = literal(right, wanted, side->spec);
    if (!value) return std::nullopt;
    test.right = std::move(*value);
  }
  if (side->type == Type::boolean && std::holds_alternative<Value>(test.right)) {
    const bool positive = std::get<bool>(std::get<Value>(test.right)) == (term.text == "==");
    test.op = Test::Op::is_true;
    Condition one = Condition::test(std::move(test));
    return positive ? one : Condition::negated(std::move(one));
  }
  if (term.text == "!=") test.op = Test::Op::different;
  if (term.text == "<" || term.text == ">=") test.op = Test::Op::less;
  if (term.text == "<=" || term.text == ">") test.op = Test::Op::less_equal;
  Condition one = Condition::test(std::move(test));
  return term.text == ">" || term.text == ">=" ? Condition::negated(std::move(one)) : one;
}

}  // namespace policy::language
