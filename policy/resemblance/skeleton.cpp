#include "policy/resemblance/skeleton.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "policy/facts/text.h"
#include "policy/facts/utf8.h"
#include "policy/resemblance/letters.h"

namespace policy::resemblance {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;  // stands for what could not be read
constexpr std::size_t kMostSeen = 256;
constexpr std::size_t kMostLookedAt = 4096;

void append_ascii(std::string& out, char c) {
  c = to_lower(c);
  if (c == '0') c = 'o';
  if (c == '1' || c == 'i' || c == '|') c = 'l';
  if (c == 'n' && out.ends_with('r'))
    out.back() = 'm';
  else if (c == 'v' && out.ends_with('v'))
    out.back() = 'w';
  else
    out += c;
}

void append(std::string& out, std::uint32_t point) {
  if (is_mark(point) || is_invisible(point) || point == kReplacement) return;
  if (const std::string_view letters = unmarked(point); !letters.empty()) {
    for (const char c : letters) append_ascii(out, c);
  } else if (const char c = alike(point)) {
    append_ascii(out, c);
  } else if (const char small = alike(lower(point))) {
    append_ascii(out, small);
  } else {
    append_point(out, lower(point));
  }
}

}  // namespace

std::string skeleton(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::uint32_t point = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    if (point < 0x80) {
      if (point >= 0x20 && point != 0x7f) append_ascii(out, text.front());
    } else {
      length = read_point(text, point);
      if (length != 0) append(out, point);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string skeleton(const Domain& domain) {
  const std::string& ascii = domain.text();
  char* converted = nullptr;
  if (ascii.find("xn--") == ascii.npos || idn2_to_unicode_8z8z(ascii.c_str(), &converted, 0) != IDN2_OK)
    return skeleton(std::string_view(ascii));
  const std::unique_ptr<char, void (*)(void*)> owner(converted, idn2_free);
  // What is no U-label (RFC 5890 §2.3.2.1) is shown as it is written.
  return skeleton(Domain::parse(converted) == domain ? std::string_view(converted) : std::string_view(ascii));
}

std::string visible_front(std::string_view text) {
  std::string front;
  for (text = text.substr(0, kMostLookedAt); !text.empty() && front.size() < kMostSeen;) {
    std::uint32_t point = 0;
    const std::size_t length = std::max<std::size_t>(read_point(text, point), 1);
    const bool blank = text.front() == ' ';
    if (!(blank && front.ends_with(' ')) && !is_invisible(point)) front += text.substr(0, length);
    text.remove_prefix(length);
  }
  return front;
}

}  // namespace policy::resemblance
