#include "filters/mime/line_reader.h"

#include <algorithm>
#include <cstring>

namespace filters::mime {
namespace {

constexpr std::size_t kWindow = 2 * kMostLine;

}  // namespace

LineReader::LineReader(const policy::Octets& octets, std::uint64_t begin, std::uint64_t end)
    : octets_(octets), at_(begin), end_(std::min(end, octets.size())), window_(octets.in_memory()) {
  window_ = window_.substr(0, static_cast<std::size_t>(end_));
  if (window_.empty() && at_ < end_) {
    room_.resize(kWindow);
    window_offset_ = at_;
  }
}

// Moves the window to the next octet.  False when there is nothing new to see.
bool LineReader::fill() {
  if (room_.empty() || at_ >= end_) return false;
  std::size_t have = 0;
  const std::size_t most = static_cast<std::size_t>(std::min<std::uint64_t>(room_.size(), end_ - at_));
  while (have < most) {
    const std::string_view part = octets_.read(at_ + have, std::span(room_).subspan(have, most - have));
    if (part.empty()) break;
    if (part.data() != room_.data() + have) std::memcpy(room_.data() + have, part.data(), part.size());
    have += part.size();
  }
  window_ = std::string_view(room_.data(), have);
  window_offset_ = at_;
  return have != 0;
}

bool LineReader::next(Line& line) {
  if (at_ >= end_) return false;
  line.offset = at_;
  std::string_view rest = window_.substr(std::min<std::size_t>(window_.size(), at_ - window_offset_));
  auto newline = rest.find('\n');
  if (newline == rest.npos && rest.size() < kMostLine && fill()) {
    rest = window_;
    newline = rest.find('\n');
  }
  line.text = rest.substr(0, std::min(newline, kMostLine));
  line.cut = newline > kMostLine && rest.size() > kMostLine;
  if (newline != rest.npos) {
    at_ += newline + 1;
    if (!line.cut && line.text.ends_with('\r')) line.text.remove_suffix(1);
    return true;
  }
  // No end in sight: the last line, or a long one.  What is shown of it must outlive the windows that follow.
  at_ += rest.size();
  if (room_.empty() || at_ >= end_) return true;
  const std::vector<char> shown(line.text.begin(), line.text.end());
  while (fill()) {
    newline = window_.find('\n');
    at_ += newline == window_.npos ? window_.size() : newline + 1;
    if (newline != window_.npos) break;
  }
  // The next call begins with a window of its own, so this one may be overwritten.
  window_ = {};
  window_offset_ = at_;
  std::ranges::copy(shown, room_.begin());
  line.text = std::string_view(room_.data(), shown.size());
  line.cut = true;
  return true;
}

}  // namespace filters::mime
