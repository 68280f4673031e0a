// What `resembles` compares: a name or a domain on the left, a list of such on the right.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "policy/facts/text.h"
#include "policy/language/operand.h"
#include "policy/resemblance/skeleton.h"

namespace policy::language {
namespace {

using Kind = Likeness::Kind;
using resemblance::KnownList;

bool is_whole_domain(std::string_view text) {
  const auto domain = Domain::parse(text);
  return domain && domain->labels() > 1;
}

}  // namespace

// ["Ann Lee", "Bob Ray"]
std::optional<Known> Checker::known_words(const Term& list, Kind kind) {
  std::vector<std::string> names;
  std::vector<Domain> domains;
  bool fine = true;
  for (const Term& entry : list.arguments) {
    const bool text = entry.kind == Term::Kind::text;
    const bool fits =
        text && (kind == Kind::domains ? is_whole_domain(entry.text)
                                       : resemblance::words_of(resemblance::skeleton(entry.text)).size() > 1);
    if (!fits) {
      mistake(entry, kind == Kind::domains
                         ? "a domain in quotes was expected in this list"
                         : "a name of two words or more, in quotes, was expected in this list");
      fine = false;
    } else if (kind == Kind::domains) {
      domains.push_back(*Domain::parse(entry.text));
    } else {
      names.push_back(entry.text);
    }
  }
  if (list.arguments.empty()) mistake(list, "an empty list: nothing resembles it"), fine = false;
  if (!fine) return std::nullopt;
  return std::make_shared<const Likeness>(std::make_shared<const KnownList>(
      kind == Kind::domains ? KnownList::of_domains(domains) : KnownList::of_names(names)));
}

std::optional<Condition> Checker::resemblance(const Term& term, const Side& left, const Term& right) {
  const bool is_domain = left.element() == Type::domain || left.type == Type::address;
  const auto compiled = [&](Known known) {
    return Condition::test({Test::Op::resembles, left.left, std::move(known), left.people});
  };
  // A domain is never taken for a person.
  const auto fits = [&](Kind kind) {
    if (!is_domain || kind == Kind::domains) return true;
    mistake(term,
            fmt::format("'{}' is a domain, and {} has names: only a text such as from.name resembles them",
                        left.name, right.kind == Term::Kind::list ? "the list" : "'" + right.text + "'"));
    return false;
  };
  if (right.kind == Term::Kind::list) {
    const bool domains =
        is_domain || (!right.arguments.empty() && std::ranges::all_of(right.arguments, [](const Term& entry) {
          return entry.kind == Term::Kind::text && is_whole_domain(entry.text);
        }));
    auto known = known_words(right, domains ? Kind::domains : Kind::names);
    if (!known) return std::nullopt;
    return compiled(std::move(*known));
  }
  if (right.kind == Term::Kind::word && right.text.starts_with("lists.")) {
    const auto found = names_.lists.find(right.text.substr(6));
    if (found == names_.lists.end()) {
      mistake(right, unknown(right.text));
      return std::nullopt;
    }
    if (!found->second) return std::nullopt;
    const auto declared = found->second->declared();
    if (declared && *declared != EntryList::Kind::name && *declared != EntryList::Kind::domain) {
      mistake(right, fmt::format("'{}' is a list of type {}, and 'resembles' asks for type name or domain",
                                 right.text, name(*declared)));
      return std::nullopt;
    }
    const bool domains =
        declared ? *declared == EntryList::Kind::domain : is_domain || found->second->has_domains();
    const Kind kind = domains ? Kind::domains : Kind::names;
    if (!fits(kind)) return std::nullopt;
    Known known = found->second->known(kind, left.name);
    if (!known) return std::nullopt;
    return compiled(std::move(known));
  }
  if (right.kind == Term::Kind::word) {
    const auto id = names_.vocabulary.find(right.text);
    if (!id) {
      mistake(right, unknown(right.text));
      return std::nullopt;
    }
    const FactSpec& spec = names_.vocabulary[*id];
    if (spec.type == Type::list && spec.owner == Owner::configuration) {
      const Kind kind = spec.element == Type::domain ? Kind::domains : Kind::names;
      if (!fits(kind)) return std::nullopt;
      return compiled(std::make_shared<const Likeness>(kind, *id, names_.configuration));
    }
  }
  mistake(right,
          "a list of names or domains was expected here: lists.NAME, [\"a\", \"b\"], local.names or "
          "local.domains");
  return std::nullopt;
}

}  // namespace policy::language
