#pragma once
// Cuts command lines out of the input.  A line ends with CRLF and with nothing else; a lone CR or LF spoils
// the line it stands in and never splits it.  RFC 5321 §2.3.8

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/net/input_buffer.h"

namespace gateway::smtp {

struct Line {
  enum class Fault { none, too_long, bare_newline };
  Fault fault = Fault::none;
  // Without CRLF, in the buffer until it is filled again.  Of a line that is too long only the beginning, in
  // the reader until the next one: it tells what may follow the line.
  std::string_view text;
};

class LineReader {
 public:
  // `longest` counts the CRLF; the buffer must hold that much.
  explicit LineReader(std::size_t longest) : longest_(longest) {}

  // The next complete line, or nullopt when more octets are needed.  An over-long line is swallowed to its
  // end and reported once.
  std::optional<Line> next(net::InputBuffer& input);

 private:
  void note_beginning(std::string_view line);

  std::size_t longest_;
  bool swallowing_ = false;
  std::array<char, 8> beginning_{};  // of an over-long line: a verb and what ends it
  std::uint8_t beginning_octets_ = 0;
};

}  // namespace gateway::smtp
