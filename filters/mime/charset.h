#pragma once
// The character sets that names and subjects are written in.  Tables of our own: iconv would load modules
// from files while messages are judged.

#include <string>
#include <string_view>

namespace filters::mime {

class Charset {
 public:
  // UTF-8, UTF-16, US-ASCII, ISO-8859-1 to -16, windows-1250 to -1258, windows-874, KOI8-R and KOI8-U, by
  // their usual names.  Of any other, only ASCII means something: what it hides from readers, it must not
  // hide from us.
  static Charset find(std::string_view name);

  // U+FFFD stands for each octet that means nothing, as readers show it; at most three octets come of one.
  std::string to_utf8(std::string_view octets) const;

  friend bool operator==(const Charset&, const Charset&) = default;

 private:
  enum class Utf16 { no, big, little };
  std::string from_utf16(std::string_view octets) const;

  bool utf8_ = true;
  Utf16 utf16_ = Utf16::no;         // the order of its octets, unless a mark says another; RFC 2781 §4.3
  std::u16string_view upper_ = {};  // what the last octets mean; empty: nothing
};

}  // namespace filters::mime
