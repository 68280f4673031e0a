#include "filters/mime/transfer_encoding.h"

#include <algorithm>

#include "policy/facts/hex.h"
#include "policy/facts/text.h"

namespace filters::mime {
namespace {

using namespace policy::facts;

constexpr signed char kRubbish = -1;
constexpr signed char kPadding = -2;

constexpr std::array<signed char, 256> kDigits = [] {
  std::array<signed char, 256> digits{};
  digits.fill(kRubbish);
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<signed char>(i);
  digits['='] = kPadding;
  return digits;
}();

signed char digit(char c) { return kDigits[static_cast<unsigned char>(c)]; }

}  // namespace

Encodings read_encodings(std::string_view value) {
  const std::string word = to_lower(trim(value));
  Encodings found;
  if (word.find("base64") != word.npos) found.add(Encoding::base64);
  if (word.find("quoted-printable") != word.npos) found.add(Encoding::quoted_printable);
  if (word.find("uu") != word.npos) found.add(Encoding::uuencode);
  if (word != "base64" && word != "quoted-printable" && !word.ends_with("uuencode"))
    found.add(Encoding::identity);
  return found;
}

void Decoder::decode(std::string_view slice, std::string& out) {
  switch (encoding_) {
    case Encoding::identity: out += slice; break;
    case Encoding::base64: base64(slice, out); break;
    case Encoding::quoted_printable: quoted_printable(slice, out); break;
    case Encoding::uuencode: uuencode(slice, out); break;
  }
}

void Decoder::base64(std::string_view slice, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + slice.size() / 4 * 3 + 3);
  char* to = out.data() + before;
  const char* at = slice.data();
  const char* const end = at + slice.size();
  while (at != end) {
    if (count_ == 0 && end - at >= 4 && !padded_) {
      const int a = digit(at[0]);
      const int b = digit(at[1]);
      const int c = digit(at[2]);
      const int d = digit(at[3]);
      if ((a | b | c | d) >= 0) {
        const auto group = static_cast<std::uint32_t>(a << 18 | b << 12 | c << 6 | d);
        *to++ = static_cast<char>(group >> 16);
        *to++ = static_cast<char>(group >> 8 & 0xff);
        *to++ = static_cast<char>(group & 0xff);
        at += 4;
        continue;
      }
    }
    const int one = digit(*at++);
    if (one == kRubbish) continue;
    if (one == kPadding) {
      padded_ = true;
      if (padding_ == Padding::ends_quantum) count_ = 0;
      continue;
    }
    padding_inside_ = padding_inside_ || padded_;
    padded_ = false;
    bits_ = (bits_ << 6 | static_cast<std::uint32_t>(one)) & 0xffffff;
    if ((count_ += 6) < 8) continue;
    count_ -= 8;
    *to++ = static_cast<char>(bits_ >> count_ & 0xff);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
}

void Decoder::quoted_printable(std::string_view slice, std::string& out) {
  constexpr std::size_t kLongestBreak = 80;  // blanks between "=" and the line end
  while (!slice.empty()) {
    if (held_.empty()) {
      const auto sign = slice.find('=');
      out += slice.substr(0, sign);
      if (sign == slice.npos) return;
      slice.remove_prefix(sign + 1);
      held_ = "=";
      continue;
    }
    const char c = slice.front();
    const bool blank = c == ' ' || c == '\t' || c == '\r';
    if (held_.size() == 2 && hex_value(held_[1]) >= 0 && hex_value(c) >= 0) {
      out += static_cast<char>(hex_value(held_[1]) << 4 | hex_value(c));
      held_.clear();
    } else if (held_.size() == 1 && hex_value(c) >= 0) {
      held_ += c;
    } else if (c == '\n' && (held_.size() == 1 || hex_value(held_[1]) < 0)) {
      held_.clear();  // a soft line break
    } else if (blank && held_.size() < kLongestBreak && (held_.size() == 1 || hex_value(held_[1]) < 0)) {
      held_ += c;
    } else {
      out += held_;
      held_.clear();
      continue;  // with this octet again
    }
    slice.remove_prefix(1);
  }
}

void Decoder::uuencode(std::string_view slice, std::string& out) {
  constexpr std::size_t kLongestLine = 128;  // 63 octets are 84 characters
  while (!slice.empty() && !ended_) {
    const auto end = slice.find('\n');
    const std::string_view part = slice.substr(0, end);
    held_ += part.substr(0, kLongestLine - std::min(kLongestLine, held_.size()));
    if (end == slice.npos) return;
    uu_line(out);
    held_.clear();
    slice.remove_prefix(end + 1);
  }
}

void Decoder::uu_line(std::string& out) {
  std::string_view line = held_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return;
  ended_ = line == "end";
  const auto six = [&](std::size_t at) {
    return at < line.size() ? (static_cast<std::uint32_t>(static_cast<unsigned char>(line[at])) - 32) & 63
                            : 0;
  };
  // Of a group that is cut short its blanks may be missing; of one that is not there, everything.
  const std::size_t octets = ended_ ? 0 : std::min<std::size_t>(six(0), (line.size() + 2) / 4 * 3);
  for (std::size_t i = 0; i < octets; ++i) {
    const std::size_t at = 1 + i / 3 * 4;
    const std::uint32_t group = six(at) << 18 | six(at + 1) << 12 | six(at + 2) << 6 | six(at + 3);
    out += static_cast<char>(group >> (16 - 8 * (i % 3)) & 0xff);
  }
}

}  // namespace filters::mime
