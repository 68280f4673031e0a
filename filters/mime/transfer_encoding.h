#pragma once
// Content-Transfer-Encoding undone, as the most lenient readers do it.  RFC 2045 §6; total and linear.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace filters::mime {

enum class Encoding : std::uint8_t { identity, base64, quoted_printable, uuencode };
inline constexpr std::array kEncodings{Encoding::identity, Encoding::base64, Encoding::quoted_printable,
                                       Encoding::uuencode};

// A set of encodings: what a field that readers disagree on may mean.
class Encodings {
 public:
  constexpr void add(Encoding one) { bits_ |= static_cast<std::uint8_t>(1u << static_cast<unsigned>(one)); }
  constexpr void add(Encodings others) { bits_ |= others.bits_; }
  constexpr bool has(Encoding one) const { return (bits_ >> static_cast<unsigned>(one) & 1) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool only(Encoding one) const { return bits_ == 1u << static_cast<unsigned>(one); }

 private:
  std::uint8_t bits_ = 0;
};

// What a value of Content-Transfer-Encoding may mean: a word with anything around it is what it is to some
// and nothing to others.
Encodings read_encodings(std::string_view value);

// Decodes slice by slice.  Octets outside the alphabet are skipped, "=XY" that is no escape stays, the
// last group of a uuencoded line is filled up.
class Decoder {
 public:
  // Some readers end a base64 quantum at "=" and go on behind it, others skip "=" like any rubbish.
  enum class Padding { ends_quantum, is_skipped };
  explicit Decoder(Encoding encoding, Padding padding = Padding::ends_quantum)
      : encoding_(encoding), padding_(padding) {}

  void decode(std::string_view slice, std::string& out);  // appends
  // There was padding with digits behind it: the two kinds of readers see different octets.
  bool padding_inside() const { return padding_inside_; }
  bool ended() const { return ended_; }  // "end" of uuencoded text: nothing more will come

 private:
  void base64(std::string_view slice, std::string& out);
  void quoted_printable(std::string_view slice, std::string& out);
  void uuencode(std::string_view slice, std::string& out);
  void uu_line(std::string& out);

  Encoding encoding_;
  Padding padding_;
  bool padded_ = false;
  bool padding_inside_ = false;
  bool ended_ = false;
  std::uint32_t bits_ = 0;
  unsigned count_ = 0;
  std::string held_;  // of a line or an escape that is not complete
};

}  // namespace filters::mime
