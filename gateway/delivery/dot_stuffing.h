#pragma once
// The message as DATA sends it: a dot at a line start doubled, the final dot behind.  RFC 5321 §4.5.2

#include <string>
#include <string_view>

namespace gateway::delivery {

class DotStuffing {
 public:
  // Appends `part` to `wire`; lines may be cut anywhere between two parts.
  void add(std::string_view part, std::string& wire) {
    while (!part.empty()) {
      if (line_start_ && part.front() == '.') wire += '.';
      const std::size_t end = part.find('\n');
      const std::size_t taken = end == std::string_view::npos ? part.size() : end + 1;
      wire += part.substr(0, taken);
      line_start_ = end != std::string_view::npos;
      part.remove_prefix(taken);
    }
  }
  // Ends the last line where it was left open, and the message.
  void finish(std::string& wire) {
    if (!line_start_) wire += "\r\n";
    wire += ".\r\n";
    line_start_ = true;
  }

 private:
  bool line_start_ = true;
};

}  // namespace gateway::delivery
