#include <fmt/format.h>

#include <algorithm>

#include "policy/diagnostic.h"
#include "policy/facts/text.h"
#include "policy/language/literal.h"
#include "policy/language/operand.h"

namespace policy::language {
namespace {

std::vector<std::string_view> split(std::string_view words) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    parts.push_back(words.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace

std::string listed(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + std::string(words[i]);
  return text;
}

std::optional<std::string> Checker::header_name(const Term& term) {
  const bool one = term.arguments.size() == 1 && term.arguments.front().kind == Term::Kind::text;
  const std::string name = one ? term.arguments.front().text : "";
  const bool valid = !name.empty() && name.size() <= 200 &&
                     std::ranges::all_of(name, [](char c) { return c > ' ' && c < 127 && c != ':'; });
  if (valid) return name;
  mistake(one ? term.arguments.front() : term,
          fmt::format("{} takes the name of a header field in quotes, as in {}(\"List-Id\")", term.text,
                      term.text));
  return std::nullopt;
}

std::optional<Checker::Side> Checker::left_side(const Term& term, const Term& compared_with) {
  Side side;
  side.name = term.text;
  if (term.kind == Term::Kind::call && (term.text == "header" || term.text == "header_count")) {
    const auto name = header_name(term);
    if (!name) return std::nullopt;
    side.name = term.text + "(\"" + *name + "\")";
    if (term.text == "header") {
      side.left = HeaderText{*name};
      side.type = Type::list;
    } else {
      side.left = HeaderCount{*name};
      side.type = Type::number;
    }
    return side;
  }
  if (term.kind == Term::Kind::call && term.text != "troubled") {
    unknown_function(term);
    return std::nullopt;
  }
  if (term.kind != Term::Kind::word || term.text == "true" || term.text == "false") {
    mistake(term, "the fact stands on the left of a comparison, what it is compared with on the right");
    return std::nullopt;
  }
  if (names_.defines.contains(term.text)) {
    mistake(term,
            fmt::format("'{}' is a named condition: it is true or false by itself and cannot be compared",
                        term.text));
    return std::nullopt;
  }
  const auto id = fact(term, &compared_with);
  if (!id) return std::nullopt;
  side.left = *id;
  side.spec = &names_.vocabulary[*id];
  side.type = side.spec->type;
  side.people = term.text == "from.name" || term.text == "local.names";
  return side;
}

std::optional<FactId> Checker::right_fact(const Term& term, Type left, bool list_too, bool report) {
  if (term.kind != Term::Kind::word) return std::nullopt;
  const auto id = names_.vocabulary.find(term.text);
  if (!id) return std::nullopt;
  const Type right = names_.vocabulary[*id].type;
  const bool fits = left == right ||
                    (is_text_like(left) && is_text_like(right) && (list_too || right != Type::list)) ||
                    (list_too && right == Type::list && is_text_like(left));
  if (fits && !(right == Type::list && !list_too)) return id;
  if (report)
    mistake(term, fmt::format("'{}' is of type {} and cannot be compared with {}", term.text, name(right),
                              left == Type::list ? "a list" : "one of type " + std::string(name(left))));
  return std::nullopt;
}

std::optional<Value> Checker::literal(const Term& term, Type type, const FactSpec* spec) {
  using Kind = Term::Kind;
  const auto refuse = [&](std::string message) -> std::optional<Value> {
    mistake(term, std::move(message));
    return std::nullopt;
  };
  const auto quoted_hint = [&](std::string_view what) -> std::optional<Value> {
    if (term.kind != Kind::word) return refuse(fmt::format("{} in quotes was expected", what));
    const std::string known =
        names_.vocabulary.find(term.text) || term.text.starts_with("lists.")
            ? std::string()
            : unknown(term.text) + fmt::format(" ({} is written in quotes: \"{}\")", what, term.text);
    return refuse(known.empty() ? fmt::format("{} in quotes was expected", what) : known);
  };
  switch (type) {
    case Type::number:
      if (term.kind == Kind::number)
        if (const auto number = parse_number(term.text)) return Value(*number);
      return refuse("a number was expected here");
    case Type::boolean:
      if (term.kind == Kind::word && (term.text == "true" || term.text == "false"))
        return Value(term.text == "true");
      return refuse("true or false was expected here");
    case Type::outcome: {
      if (term.kind == Kind::word || term.kind == Kind::text)
        if (const auto outcome = parse_outcome(term.text)) return Value(*outcome);
      return refuse(fmt::format("'{}' is no outcome{}", term.text,
                                term.kind == Kind::word && !did_you_mean(term.text, kOutcomes).empty()
                                    ? did_you_mean(term.text, kOutcomes)
                                    : ": one of " + listed(kOutcomes) + " was expected"));
    }
    case Type::choice: {
      const std::vector<std::string_view> words = split(spec ? spec->choices : "");
      if (std::ranges::find(words, term.text) != words.end()) return Value(Choice{term.text});
      const std::string near = did_you_mean(term.text, words);
      return refuse(fmt::format("'{}' is not a value of {}{}", term.text, spec ? spec->name : "it",
                                near.empty() ? ": " + listed(words) + " was expected" : near));
    }
    case Type::ip:
      if (term.kind == Kind::address || term.kind == Kind::text || term.kind == Kind::number) {
        if (const auto ip = IpAddress::parse(term.text)) return Value(*ip);
        if (Network::parse(term.text))
          return refuse("this is a network, not an address: write 'in' instead of a comparison");
      }
      return refuse("an IP address was expected here, such as 192.0.2.1 or 2001:db8::1");
    case Type::time:
      if (term.kind == Kind::time || term.kind == Kind::text)
        if (const auto time = parse_time(term.text)) return Value(*time);
      return refuse("a time was expected here, such as 2027-01-31 or 2027-01-31T12:00:00Z (UTC)");
    case Type::domain:
      if (term.kind != Kind::text) return quoted_hint("a domain");
      if (term.text.empty()) return Value(Domain());
      if (const auto domain = Domain::parse(term.text)) return Value(*domain);
      return refuse(fmt::format("\"{}\" is not a domain", printable(term.text)));
    case Type::address:
      if (term.kind != Kind::text) return quoted_hint("an address");
      if (term.text.empty() || term.text == "<>") return Value(Address());
      if (const auto address = Address::parse(term.text)) return Value(*address);
      return refuse(fmt::format("\"{}\" is not a mail address", printable(term.text)));
    case Type::text:
    case Type::list:
      if (term.kind != Kind::text) return quoted_hint("text");
      return Value(term.text);
  }
  return std::nullopt;
}

}  // namespace policy::language
