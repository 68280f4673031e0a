#pragma once
// A plain log line out of names and values: no text from outside can look like another field, or end the
// line.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "gateway/journal/text_room.h"

namespace gateway::journal {

class LogWords {
 public:
  // `name` is ours, with the blank before it and the equal sign: " helo=".

  // The pieces as one value: as it is where it holds plain characters only; made printable and in quotes,
  // with
  // \" and \\, otherwise.
  LogWords& word(std::string_view name, std::initializer_list<std::string_view> pieces);
  LogWords& quoted(std::string_view name, std::string_view text);  // in quotes always
  LogWords& number(std::string_view name, std::uint64_t value);
  LogWords& seconds(std::string_view name, double value);  // to the hundredth; none is below 0

  // What was written so far; the view is valid until more is.
  std::string_view view() const { return line_.view(); }
  std::string str() const { return std::string(view()); }

 private:
  void append_quoted(std::string_view text);

  TextRoom line_;
};

}  // namespace gateway::journal
