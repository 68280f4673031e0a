#include "filters/mime/encoded_word.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "policy/facts/hex.h"
#include "policy/facts/text.h"
#include "policy/facts/utf8.h"

#include "filters/mime/charset.h"

namespace filters::mime {
namespace {

using namespace policy::facts;

constexpr std::size_t kLongestWord = 1000;  // RFC 2047 §2 says 75; longer ones occur
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::uint32_t kReplacement = 0xfffd;

// Shapes letters and emoji: the non-joiner, the joiner, and the selectors.
bool joins(std::uint32_t point) {
  return point == 0x200c || point == 0x200d || (point >= 0xfe00 && point <= 0xfe0f);
}

std::optional<std::string> decode_q(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      octets += ' ';
    } else if (text[i] != '=') {
      octets += text[i];
    } else {
      const auto octet = hex_octet(text, i + 1);
      if (!octet) return std::nullopt;
      octets += *octet;
      i += 2;
    }
  }
  return octets;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::optional<std::string> decode_b(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string octets;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xffffff;
    if ((count += 6) < 8) continue;
    count -= 8;
    octets += static_cast<char>(bits >> count & 0xff);
  }
  if (count >= 6) return std::nullopt;  // a lone digit is no octet
  return octets;
}

struct Word {
  Charset charset;
  std::string octets;
  std::size_t length = 0;  // as written
};

// The word at the front of a text that starts with "=?".
std::optional<Word> read_word(std::string_view text) {
  text = text.substr(0, kLongestWord);
  const auto charset_end = text.find('?', 2);
  if (charset_end == text.npos || charset_end + 2 >= text.size() || text[charset_end + 2] != '?')
    return std::nullopt;
  const auto begin = charset_end + 3;
  const auto end = text.find('?', begin);
  if (end == text.npos || end + 1 >= text.size() || text[end + 1] != '=') return std::nullopt;
  const Charset charset = Charset::find(text.substr(2, charset_end - 2));
  const std::string_view inside = text.substr(begin, end - begin);
  if (inside.find_first_of(kBlanks) != inside.npos) return std::nullopt;
  const char encoding = to_lower(text[charset_end + 1]);
  auto octets = encoding == 'q' ? decode_q(inside) : encoding == 'b' ? decode_b(inside) : std::nullopt;
  if (!octets) return std::nullopt;
  return Word{charset, std::move(*octets), end + 2};
}

// Words of one charset that follow each other, so that a character cut between them is whole again.
struct Run {
  Charset charset;
  std::string octets;
};

}  // namespace

std::string decode_text(std::string_view text, std::string* words) {
  std::string out;
  std::optional<Run> run;
  const auto flush = [&] {
    if (!run) return;
    const std::string decoded = run->charset.to_utf8(run->octets);
    out += decoded;
    if (words != nullptr) *words += decoded;
    run.reset();
  };
  std::size_t done = 0;  // `text` is written or in the run up to here
  for (std::size_t at = text.find("=?"); at != text.npos; at = text.find("=?", at)) {
    auto word = read_word(text.substr(at));
    if (!word) {
      at += 2;
      continue;
    }
    const std::string_view between = text.substr(done, at - done);
    const bool adjacent = run && between.find_first_not_of(kBlanks) == between.npos;
    if (!adjacent || !(run->charset == word->charset)) {
      flush();
      if (!adjacent) out += between;
      run = Run{word->charset, {}};
    }
    run->octets += word->octets;
    at += word->length;
    done = at;
  }
  flush();
  out += text.substr(done);
  return out;
}

std::string display_text(std::string_view unfolded) {
  const bool plain = std::ranges::all_of(unfolded, [](char c) { return c >= 0x20 && c < 0x7f; });
  if (plain && unfolded.find("=?") == unfolded.npos) return std::string(trim(unfolded));  // most are
  const std::string decoded = decode_text(unfolded);
  std::string out;
  out.reserve(decoded.size());
  for (std::string_view rest = decoded; !rest.empty();) {
    std::uint32_t point = 0;
    const std::size_t length = read_point(rest, point);
    if (length == 0)
      append_point(out, kReplacement);
    else if (point == ' ' || kBlanks.find(rest.front()) != kBlanks.npos)
      out += ' ';
    else if (!is_invisible(point) || joins(point))
      out += rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return std::string(trim(out));
}

}  // namespace filters::mime
