#include "filters/spf/macro.h"

#include <algorithm>
#include <vector>

#include "policy/facts/text.h"

namespace filters::spf {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::size_t kLongestName = 253;

// One macro with braces, its letter and transformers taken apart.
struct Macro {
  char letter = 0;
  bool escape = false;   // an upper-case letter asks for URL escaping
  std::size_t keep = 0;  // right-hand parts to keep; 0 is all
  bool reverse = false;
  std::string_view delimiters = ".";
};

Macro take_apart(std::string_view text) {  // "%{…}"
  Macro macro;
  macro.letter = to_lower(text[2]);
  macro.escape = macro.letter != text[2];
  std::size_t at = 3;
  for (; is_digit(text[at]); ++at)
    macro.keep = std::min<std::size_t>(macro.keep * 10 + static_cast<std::size_t>(text[at] - '0'), 1000);
  if (to_lower(text[at]) == 'r') {
    macro.reverse = true;
    ++at;
  }
  if (const auto rest = text.substr(at, text.size() - 1 - at); !rest.empty()) macro.delimiters = rest;
  return macro;
}

// %{i}: dotted quad, or 32 nibbles with dots.
std::string dotted(const IpAddress& address) {
  if (address.is_v4()) return address.text();
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t octet : address.octets()) {
    if (!text.empty()) text += '.';
    text += kHex[octet >> 4];
    text += '.';
    text += kHex[octet & 15];
  }
  return text;
}

std::string value_of(char letter, const MacroValues& values) {
  switch (letter) {
    case 's': return values.local + "@" + values.sender_domain;
    case 'l': return values.local;
    case 'o': return values.sender_domain;
    case 'd': return values.domain;
    case 'i': return dotted(values.client);
    case 'p': return values.client_name;
    case 'v': return values.client.is_v4() ? "in-addr" : "ip6";
    case 'h': return values.helo;
    case 'c': return values.client.text();
    case 'r': return values.receiver.empty() ? "unknown" : values.receiver;
    case 't': return std::to_string(values.now);
    default: return {};
  }
}

std::string transform(const std::string& value, const Macro& macro) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = value.find_first_of(macro.delimiters, at);
    parts.push_back(std::string_view(value).substr(at, end - at));
    if (end == std::string::npos) break;
    at = end + 1;
  }
  if (macro.reverse) std::reverse(parts.begin(), parts.end());
  std::string joined;
  const std::size_t skip = macro.keep && macro.keep < parts.size() ? parts.size() - macro.keep : 0;
  for (std::size_t i = skip; i < parts.size(); ++i) {
    if (i > skip) joined += '.';
    joined += parts[i];
  }
  return joined;
}

// Everything but the unreserved set of RFC 3986 §2.3.
std::string url_escape(const std::string& text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const char lower = to_lower(c);
    const bool plain =
        (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto octet = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[octet >> 4];
      out += kHex[octet & 15];
    }
  }
  return out;
}

// Appends what stands at the start of `text`, a macro or one octet, and gives its length.
std::size_t append_expanded(std::string& out, std::string_view text, const MacroValues& values,
                            MacroUse use) {
  const std::size_t length = text.front() == '%' ? macro_length(text, use) : 0;
  if (length == 0) {
    out += text.front();
    return 1;
  }
  text = text.substr(0, length);
  if (text == "%%") {
    out += '%';
  } else if (text == "%_") {
    out += ' ';
  } else if (text == "%-") {
    out += "%20";
  } else {
    const Macro macro = take_apart(text);
    const std::string value = transform(value_of(macro.letter, values), macro);
    out += macro.escape ? url_escape(value) : value;
  }
  return length;
}

}  // namespace

std::size_t macro_length(std::string_view text, MacroUse use) {
  if (text.size() < 2) return 0;
  if (text[1] == '%' || text[1] == '_' || text[1] == '-') return 2;
  if (text[1] != '{' || text.size() < 4) return 0;
  const std::string_view letters = use == MacroUse::name ? "slodiphv" : "slodiphvcrt";
  if (letters.find(to_lower(text[2])) == std::string_view::npos) return 0;
  std::size_t at = 3;
  bool nonzero = false;
  const std::size_t digits = at;
  for (; at < text.size() && is_digit(text[at]); ++at) nonzero = nonzero || text[at] != '0';
  if (at > digits && !nonzero) return 0;  // "The DIGIT transformer must be nonzero."
  if (at < text.size() && to_lower(text[at]) == 'r') ++at;
  while (at < text.size() && std::string_view(".-+,/_=").find(text[at]) != std::string_view::npos) ++at;
  return at < text.size() && text[at] == '}' ? at + 1 : 0;
}

std::string expand(std::string_view spec, const MacroValues& values) {
  std::string name;
  while (!spec.empty()) spec.remove_prefix(append_expanded(name, spec, values, MacroUse::name));
  if (!name.empty() && name.back() == '.') name.pop_back();
  if (name.size() > kLongestName) {
    // The first dot that leaves few enough behind it; a last label that is too long stays, and no name is.
    const auto dot = name.find('.', name.size() - kLongestName - 1);
    const auto last = name.rfind('.');
    if (last != std::string::npos) name.erase(0, (dot == std::string::npos ? last : dot) + 1);
  }
  return name;
}

std::string expand_explanation(std::string_view text, const MacroValues& values, std::size_t most) {
  std::string out;
  while (!text.empty() && out.size() < most)
    text.remove_prefix(append_expanded(out, text, values, MacroUse::explanation));
  return out;
}

bool is_explanation(std::string_view text) {
  while (!text.empty()) {
    if (text.front() < ' ' || text.front() > '~') return false;
    const std::size_t length = text.front() == '%' ? macro_length(text, MacroUse::explanation) : 1;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool needs_client_name(std::string_view spec) {
  for (std::size_t at = spec.find('%'); at != std::string_view::npos; at = spec.find('%', at)) {
    const std::size_t length = macro_length(spec.substr(at));
    if (length > 2 && to_lower(spec[at + 2]) == 'p') return true;
    at += std::max<std::size_t>(length, 1);
  }
  return false;
}

}  // namespace filters::spf
