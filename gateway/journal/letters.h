#pragma once
// Where words begin and end in the free text of mail, whatever language it is in.

#include <cstdint>

namespace gateway::journal {

// Of ASCII.
constexpr bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Beyond ASCII: a blank, punctuation or a symbol.
bool is_separator(std::uint32_t point);

// Of a script that is written without blanks between words.
bool is_ideograph(std::uint32_t point);

}  // namespace gateway::journal
