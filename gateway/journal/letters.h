#pragma once
// Where words begin and end in the free text of mail, whatever language it is in.

#include <cstdint>

namespace gateway::journal {

// Beyond ASCII: a blank, punctuation or a symbol.
bool is_separator(std::uint32_t point);

// Of a script that is written without blanks between words.
bool is_ideograph(std::uint32_t point);

}  // namespace gateway::journal
