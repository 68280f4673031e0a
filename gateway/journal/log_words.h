#pragma once
// Values in a plain log line: no text from outside can look like another field.

#include <string>
#include <string_view>

namespace gateway::journal {

std::string quoted(std::string_view printable_text);
// As it is where it holds plain characters only; in quotes, with \" and \\, otherwise.
std::string word(std::string_view text);

}  // namespace gateway::journal
