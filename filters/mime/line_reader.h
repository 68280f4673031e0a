#pragma once
// The lines of a stretch of octets that may lie in a file.  LF ends a line; a CR before it belongs to the
// end.

#include <cstdint>
#include <string_view>
#include <vector>

#include "policy/facts/message.h"

namespace filters::mime {

inline constexpr std::size_t kMostLine = 32 * 1024;  // octets of a line that are shown; the rest is skipped

struct Line {
  std::uint64_t offset = 0;
  std::string_view text;  // without its end; at most kMostLine octets
  bool cut = false;       // it has more
};

class LineReader {
 public:
  LineReader(const policy::Octets& octets, std::uint64_t begin, std::uint64_t end);

  // False at the end.  The text is valid until the next call.
  bool next(Line& line);
  std::uint64_t offset() const { return at_; }  // of the line that comes next

 private:
  bool fill();

  const policy::Octets& octets_;
  std::uint64_t at_;
  const std::uint64_t end_;
  std::string_view window_;          // of the octets
  std::uint64_t window_offset_ = 0;  // where it begins
  std::vector<char> room_;           // for what lies in a file
};

// Calls `take(std::string_view)` for the octets from `begin` to `end`, in slices, until it returns false.
template <class Take>
void for_each_slice(const policy::Octets& octets, std::uint64_t begin, std::uint64_t end, Take take) {
  constexpr std::size_t kSlice = 16 * 1024;
  const std::string_view known = octets.in_memory();
  std::vector<char> room(known.empty() ? kSlice : 0);
  if (end > octets.size()) end = octets.size();
  while (begin < end) {
    const std::string_view slice = (known.empty() ? octets.read(begin, room) : known.substr(begin, kSlice))
                                       .substr(0, static_cast<std::size_t>(end - begin));
    if (slice.empty() || !take(slice)) return;
    begin += slice.size();
  }
}

}  // namespace filters::mime
