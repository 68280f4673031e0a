#include "filters/signing/canonical_field.h"

#include <algorithm>

#include "policy/facts/text.h"

namespace filters::signing {
namespace {

constexpr std::string_view kSpace = " \t";

std::string_view without_line_end(std::string_view raw) {
  return raw.substr(0, raw.size() - (raw.ends_with("\r\n") ? 2 : 0));
}

void append_name(std::string_view name, std::string& out) {
  for (const char c : trim(name, kSpace)) out.push_back(to_lower(c));
}

// Unfolded, each run of white space one space, none at the ends.
void append_value(std::string_view value, std::string& out) {
  const std::size_t begin = out.size();
  bool space = false;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char c = value[at];
    if (c == '\r' && value.substr(at, 2) == "\r\n") {
      ++at;
    } else if (c == ' ' || c == '\t') {
      space = true;
    } else {
      if (space && out.size() > begin) out.push_back(' ');
      space = false;
      out.push_back(c);
    }
  }
}

}  // namespace

void append_canonical(std::string_view raw, Canonicalization form, std::string& out) {
  const std::string_view field = without_line_end(raw);
  if (form == Canonicalization::simple) {
    out += field;
    return;
  }
  const std::size_t colon = std::min(field.find(':'), field.size());
  append_name(field.substr(0, colon), out);
  out.push_back(':');
  append_value(field.substr(std::min(colon + 1, field.size())), out);
}

std::string without_signature(const Field& field) {
  const std::string_view value = field.value;
  const auto value_at = static_cast<std::size_t>(value.data() - field.raw.data());
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t end = std::min(value.find(';', at), value.size());
    const std::size_t equals = value.find('=', at);
    if (equals < end && trim(value.substr(at, equals - at)) == "b")
      return std::string(field.raw.substr(0, value_at + equals + 1)).append(field.raw.substr(value_at + end));
    at = end + 1;
  }
  return std::string(field.raw);
}

}  // namespace filters::signing
