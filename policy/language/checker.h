#pragma once
// Gives a parsed condition its types and compiles it.  Knows facts, named conditions and lists.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/condition.h"
#include "policy/language/syntax.h"

namespace policy::language {

// A list as the file has it: turned into typed entries when a comparison says what they must be.
class ListSource {
 public:
  virtual ~ListSource() = default;
  // Null when an entry is not of that kind; the mistakes were reported where the entries stand.
  virtual Entries entries(EntryList::Kind kind, std::string_view wanted_by) = 0;
  virtual std::optional<EntryList::Kind> declared() const = 0;  // type = "…" in the file
  // Whether every entry is a domain of two labels or more.
  virtual bool has_domains() const = 0;
  // For `resembles`; null as above.
  virtual Known known(Likeness::Kind kind, std::string_view wanted_by) = 0;
};

// What the conditions of all rules together may take, their defines expanded.
struct Budget {
  std::size_t nodes;
  std::size_t patterns;
};

struct Names {  // what a condition may name
  const Vocabulary& vocabulary;
  std::map<std::string, Term, std::less<>> defines;       // parsed, checked before use
  std::map<std::string, ListSource*, std::less<>> lists;  // null: there, but broken and reported
  const Facts* configuration = nullptr;                   // see PolicyOptions
  Budget* budget = nullptr;  // null: what a person has put on the disk is his to choose
};

class Checker {
 public:
  Checker(const Names& names, std::vector<Mistake>& mistakes) : names_(names), mistakes_(mistakes) {}

  // Nullopt when there is a mistake.  Goes on after the first one, so that several are reported.
  std::optional<Condition> check(const Term& term);

 private:
  struct Side;

  std::optional<Condition> condition(const Term& term);
  std::optional<Condition> word(const Term& term);
  std::optional<Condition> define(const Term& term);
  std::optional<Condition> troubled(const Term& term);
  void unknown_function(const Term& term);
  std::optional<Condition> comparison(const Term& term);
  std::optional<Condition> resemblance(const Term& term, const Side& left, const Term& right);
  std::optional<Known> known_words(const Term& list, Likeness::Kind kind);
  std::optional<Condition> one_of(const Term& term, const Side& left, const Term& right, Test::Op op);
  std::optional<Condition> literal_list(const Term& term, const Side& left, const Term& right, Test::Op op);
  std::optional<Side> left_side(const Term& term, const Term& compared_with);
  std::optional<Value> literal(const Term& term, Type type, const FactSpec* spec);
  std::optional<FactId> right_fact(const Term& term, Type left, bool list_too, bool report);
  std::optional<FactId> fact(const Term& term, const Term* compared_with = nullptr);
  std::optional<std::string> header_name(const Term& term);
  EntryList::Kind entry_kind(const Side& left, Test::Op op) const;

  void mistake(const Term& at, std::string message);
  // `compared_with`: what stands on the other side, which tells the type that was meant.
  std::string unknown(std::string_view word, const Term* compared_with = nullptr) const;

  const Names& names_;
  std::vector<Mistake>& mistakes_;
  std::vector<std::string> expanding_;  // names of defines, outermost first
  bool take_node();                     // false: the condition, or all of them together, would be too large

  std::size_t nodes_ = 0;
  bool too_large_ = false;
};

}  // namespace policy::language
