#include "tests/support/text_table.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <stdexcept>

namespace support {

void PrintTo(const TableRow& row, std::ostream* out) { *out << row.name; }

std::vector<TableRow> read_table(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::invalid_argument(file.string() + " cannot be read");
  std::vector<TableRow> rows;
  bool expected = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("=== ")) {
      rows.push_back({line.substr(4), {}, {}});
      expected = false;
    } else if (rows.empty()) {
      if (!line.empty() && !line.starts_with('#'))
        throw std::invalid_argument(file.string() + ": a row begins with ===");
    } else if (line == "---" && !expected) {
      expected = true;
    } else {
      (expected ? rows.back().expected : rows.back().text) += line + '\n';
    }
  }
  for (TableRow& row : rows) {
    while (row.expected.ends_with("\n\n")) row.expected.pop_back();  // blank lines between rows
    if (row.expected == "\n") row.expected.clear();
  }
  for (const TableRow& row : rows)
    if (row.expected.empty())
      throw std::invalid_argument(file.string() + ": nothing is expected of " + row.name);
  return rows;
}

std::string test_name(std::size_t number, const TableRow& row) {
  std::string name = "n" + std::to_string(number + 1) + "_" + row.name;
  std::ranges::replace_if(
      name, [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}

std::string with_all_replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

}  // namespace support
