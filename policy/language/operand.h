#pragma once
// What the two source files of the checker share: checker.cpp compiles conditions, operands.cpp types what
// stands on either side of a comparison.

#include <span>
#include <string>
#include <string_view>

#include "policy/language/checker.h"

namespace policy::language {

// The left side of a comparison, typed.
struct Checker::Side {
  Test::Left left;
  Type type = Type::text;
  const FactSpec* spec = nullptr;  // null for header(…)
  std::string name;
  bool people = false;  // compares as names of people do

  Type element() const { return type == Type::list ? (spec ? spec->element : Type::text) : type; }
};

// Compares as text does: a list's members count.
inline bool is_text_like(Type type) {
  return type == Type::text || type == Type::domain || type == Type::address || type == Type::list;
}

std::string listed(std::span<const std::string_view> words);  // "a, b or c"

}  // namespace policy::language
