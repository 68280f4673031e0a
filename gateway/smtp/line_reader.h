#pragma once
// Cuts command lines out of the input.  A line ends with CRLF and with nothing else; a lone CR or LF spoils
// the line it stands in and never splits it.  RFC 5321 §2.3.8

#include <cstddef>
#include <optional>
#include <string_view>

#include "gateway/net/input_buffer.h"

namespace gateway::smtp {

struct Line {
  enum class Fault { none, too_long, bare_newline };
  Fault fault = Fault::none;
  std::string_view text;  // without CRLF, in the buffer until it is filled again; empty when too long
};

class LineReader {
 public:
  // `longest` counts the CRLF; the buffer must hold that much.
  explicit LineReader(std::size_t longest) : longest_(longest) {}

  // The next complete line, or nullopt when more octets are needed.  An over-long line is swallowed to its
  // end and reported once.
  std::optional<Line> next(net::InputBuffer& input);

 private:
  std::size_t longest_;
  bool swallowing_ = false;
};

}  // namespace gateway::smtp
