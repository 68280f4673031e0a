#pragma once
// A condition's text as tokens.  Total: every octet belongs to a token or to an error.

#include <string>
#include <string_view>
#include <vector>

namespace policy::language {

struct Token {
  enum class Kind { word, text, number, address, time, symbol, mistake, end };
  Kind kind = Kind::end;
  std::size_t offset = 0;  // octets from the start of the condition
  std::size_t length = 0;
  std::string text;  // of a text: without quotes, escapes resolved; of a mistake: what is wrong
};

// word: facts, operators, outcomes; address: 192.0.2.0/24, 2001:db8::1; time: 2027-01-31, with T…Z; symbol:
// == ( [ … The last token is `end`.
std::vector<Token> tokens_of(std::string_view condition);

}  // namespace policy::language
