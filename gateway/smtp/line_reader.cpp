#include "gateway/smtp/line_reader.h"

#include <algorithm>

namespace gateway::smtp {

std::optional<Line> LineReader::next(net::InputBuffer& input) {
  const std::string_view pending = input.pending();
  const std::size_t end = pending.find("\r\n");
  if (end == pending.npos) {
    if (!swallowing_ && pending.size() < longest_) return std::nullopt;
    // A CR may be the first half of the line end: it waits for the octet behind it.
    const std::size_t kept = pending.ends_with('\r') ? 1 : 0;
    if (!swallowing_) note_beginning(pending);
    input.consume(pending.size() - kept);
    swallowing_ = true;
    return std::nullopt;
  }
  const bool too_long = swallowing_ || end + 2 > longest_;
  if (too_long && !swallowing_) note_beginning(pending.substr(0, end));
  swallowing_ = false;
  input.consume(end + 2);
  if (too_long) return Line{Line::Fault::too_long, {beginning_.data(), beginning_octets_}};
  const std::string_view text = pending.substr(0, end);
  const bool spoiled = text.find_first_of("\r\n") != text.npos;
  return Line{spoiled ? Line::Fault::bare_newline : Line::Fault::none, text};
}

void LineReader::note_beginning(std::string_view line) {
  beginning_octets_ = static_cast<std::uint8_t>(std::min(line.size(), beginning_.size()));
  std::copy_n(line.begin(), beginning_octets_, beginning_.begin());
}

}  // namespace gateway::smtp
