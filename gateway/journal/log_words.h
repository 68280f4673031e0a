#pragma once
// A plain log line out of names and values: no text from outside can look like another field, or end the
// line.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace gateway::journal {

class LogWords {
 public:
  LogWords();

  // `name` is ours, with the blank before it and the equal sign: " helo=".

  // The pieces as one value: as it is where it holds plain characters only; made printable and in quotes,
  // with
  // \" and \\, otherwise.
  LogWords& word(std::string_view name, std::initializer_list<std::string_view> pieces);
  LogWords& quoted(std::string_view name, std::string_view text);  // in quotes always
  LogWords& number(std::string_view name, std::uint64_t value);
  LogWords& seconds(std::string_view name, double value);

  std::string take() { return std::move(line_); }

 private:
  std::string line_;
};

}  // namespace gateway::journal
