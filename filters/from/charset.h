#pragma once
// The character sets that names and subjects are written in.  Tables of our own: iconv would load modules
// from files while messages are judged.

#include <optional>
#include <string>
#include <string_view>

namespace filters::from {

class Charset {
 public:
  // UTF-8, US-ASCII, ISO-8859-1 to -16, windows-1250 to -1258, windows-874, KOI8-R and KOI8-U, by their usual
  // names.
  static std::optional<Charset> find(std::string_view name);

  // U+FFFD stands for each octet that means nothing, as readers show it; at most three octets come of one.
  std::string to_utf8(std::string_view octets) const;

  friend bool operator==(const Charset&, const Charset&) = default;

 private:
  bool utf8_ = true;
  std::u16string_view upper_ = {};  // what the last octets mean; empty: nothing
};

}  // namespace filters::from
