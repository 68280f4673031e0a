#include "filters/from/encoded_word.h"

#include <cstdint>
#include <optional>

#include "policy/facts/text.h"

namespace filters::from {
namespace {

using namespace policy::facts;

constexpr std::size_t kLongestWord = 1000;  // RFC 2047 §2 says 75; longer ones occur
constexpr std::string_view kBlanks = " \t\r\n";

enum class Charset { utf8, ascii, latin1, windows1252 };

std::optional<Charset> parse_charset(std::string_view name) {
  name = name.substr(0, name.find('*'));  // a language may follow, RFC 2231 §5
  constexpr struct {
    std::string_view name;
    Charset charset;
  } kKnown[] = {{"utf-8", Charset::utf8},         {"utf8", Charset::utf8},
                {"us-ascii", Charset::ascii},     {"ascii", Charset::ascii},
                {"iso-8859-1", Charset::latin1},  {"latin1", Charset::latin1},
                {"cp1252", Charset::windows1252}, {"windows-1252", Charset::windows1252}};
  for (const auto& row : kKnown)
    if (equal_nocase(name, row.name)) return row.charset;
  return std::nullopt;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<std::string> decode_q(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      octets += ' ';
    } else if (text[i] != '=') {
      octets += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      octets += static_cast<char>(high << 4 | low);
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

void put_point(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    out += static_cast<char>(0xe0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  }
}

// The octets 0x80 to 0x9f; the five that windows-1252 leaves open are C1 controls, as WHATWG reads them.
constexpr std::uint16_t kWindows1252[32] = {0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
                                            0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0x8d,   0x17d,  0x8f,
                                            0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                            0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};

std::optional<std::string> to_utf8(Charset charset, std::string octets) {
  if (charset == Charset::ascii && !is_ascii(octets)) return std::nullopt;
  if (charset == Charset::utf8 && !is_valid_utf8(octets)) return std::nullopt;
  if (charset == Charset::ascii || charset == Charset::utf8) return octets;
  std::string out;
  for (char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    const bool special = charset == Charset::windows1252 && octet >= 0x80 && octet < 0xa0;
    put_point(out, special ? kWindows1252[octet - 0x80] : octet);
  }
  return out;
}

struct Word {
  Charset charset = Charset::utf8;
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
  const auto charset = parse_charset(text.substr(2, charset_end - 2));
  const std::string_view inside = text.substr(begin, end - begin);
  if (!charset || inside.find_first_of(kBlanks) != inside.npos) return std::nullopt;
  const char encoding = to_lower(text[charset_end + 1]);
  auto octets = encoding == 'q' ? decode_q(inside) : encoding == 'b' ? decode_b(inside) : std::nullopt;
  if (!octets) return std::nullopt;
  return Word{*charset, std::move(*octets), end + 2};
}

// Words of one charset that follow each other, so that a character cut between them is whole again.
struct Run {
  Charset charset = Charset::utf8;
  std::string octets;
  std::size_t begin = 0;
  std::size_t end = 0;
};

}  // namespace

std::string decode_text(std::string_view text) {
  std::string out;
  std::optional<Run> run;
  const auto flush = [&] {
    if (!run) return;
    auto decoded = to_utf8(run->charset, std::move(run->octets));
    out += decoded ? *decoded : text.substr(run->begin, run->end - run->begin);
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
    if (!adjacent || run->charset != word->charset) {
      flush();
      if (!adjacent) out += between;
      run = Run{word->charset, {}, at, at};
    }
    run->octets += word->octets;
    at += word->length;
    done = run->end = at;
  }
  flush();
  out += text.substr(done);
  return out;
}

}  // namespace filters::from
