#pragma once
// Texts and what each comes to, as a file that anyone can read and add to:
//
//   === a rule without a condition
//   [[rule]]
//   ---
//   policy.toml:1:1: a rule needs …

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

namespace support {

struct TableRow {
  std::string name;
  std::string text;
  std::string expected;
};
void PrintTo(const TableRow& row, std::ostream* out);

// Throws std::invalid_argument when the file is not of that shape.
std::vector<TableRow> read_table(const std::filesystem::path& file);

// A name that gtest takes, of the row's number and name.
std::string test_name(std::size_t number, const TableRow& row);

// Replaces each `what` in `text`.
std::string with_all_replaced(std::string text, const std::string& what, const std::string& with);

}  // namespace support
