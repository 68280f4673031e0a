#pragma once
// Lets a table row print as its name: `struct Case { std::string name; … }; POSTERN_NAMED(Case)`.

#include <ostream>

#define POSTERN_NAMED(type) \
  [[maybe_unused]] void PrintTo(const type& row, std::ostream* out) { *out << row.name; }
