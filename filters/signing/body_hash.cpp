#include "filters/signing/body_hash.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace filters::signing {

BodyHash::BodyHash(Canonicalization form, std::optional<std::uint64_t> length)
    : relaxed_(form == Canonicalization::relaxed),
      left_(length.value_or(std::numeric_limits<std::uint64_t>::max())) {}

// A CR or LF that stands alone is text: only CRLF ends a line.
void BodyHash::take(std::string_view slice) {
  const auto is_space = [this](char c) { return relaxed_ && (c == ' ' || c == '\t'); };
  for (std::size_t at = 0; at < slice.size();) {
    const char c = slice[at];
    if (after_cr_) {
      after_cr_ = false;
      if (c == '\n') {
        ++line_ends_;
        space_ = false;
        ++at;
        continue;
      }
      text("\r");
    }
    if (c == '\r' || is_space(c)) {
      (c == '\r' ? after_cr_ : space_) = true;
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < slice.size() && slice[end] != '\r' && !is_space(slice[end])) ++end;
    text(slice.substr(at, end - at));
    at = end;
  }
}

BodyHash::Result BodyHash::finish() {
  if (after_cr_) text("\r");
  if (octets_ > 0 || !relaxed_) emit("\r\n");  // the end of the last line; of no lines, RFC 6376 §3.4.3
  flush();
  return {digest_.finish(), octets_};
}

void BodyHash::text(std::string_view run) {
  for (; line_ends_ > 0; --line_ends_) emit("\r\n");
  if (space_) emit(" ");
  space_ = false;
  emit(run);
}

void BodyHash::emit(std::string_view octets) {
  octets_ += octets.size();
  octets = octets.substr(0, std::min<std::uint64_t>(left_, octets.size()));
  left_ -= octets.size();
  if (octets.size() > room_.size() - filled_) flush();
  if (octets.size() > room_.size()) return digest_.take(octets);
  std::memcpy(room_.data() + filled_, octets.data(), octets.size());
  filled_ += octets.size();
}

void BodyHash::flush() {
  digest_.take({room_.data(), filled_});
  filled_ = 0;
}

}  // namespace filters::signing
