#include "filters/dkim/tag_list.h"

#include <algorithm>

#include <fmt/format.h>

#include "policy/facts/text.h"

namespace filters::dkim {
namespace {

constexpr std::string_view kSpace = " \t\r\n";  // FWS: the folds of a field are still in its value

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return kSpace.find(c) != kSpace.npos; }

bool is_tag_name(std::string_view name) {
  return !name.empty() && is_alpha(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_alpha(c) || is_digit(c) || c == '_'; });
}

// VALCHAR and white space; octets above 127 too, which are UTF-8 since RFC 8616.
bool is_tag_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return is_space(c) || (octet > 0x20 && octet != 0x7f);
  });
}

// What is quoted of the text in a reason.
std::string quoted(std::string_view text) { return printable(text, 80); }

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

}  // namespace

Result<TagList> TagList::parse(std::string_view text) {
  if (text.size() > kMostOctets) return Error(fmt::format("tag list over {} octets", kMostOctets));
  TagList list;
  while (!trim(text, kSpace).empty()) {  // one ";" may end the list
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view spec = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = spec.find('=');
    if (equals == spec.npos) return Error(fmt::format("\"{}\" is no tag=value", quoted(trim(spec, kSpace))));
    const Tag tag{trim(spec.substr(0, equals), kSpace), trim(spec.substr(equals + 1), kSpace)};
    if (!is_tag_name(tag.name)) return Error(fmt::format("\"{}\" is no tag name", quoted(tag.name)));
    if (!is_tag_value(tag.value))
      return Error(fmt::format("tag {}= holds a control character", quoted(tag.name)));
    if (list.find(tag.name)) return Error(fmt::format("tag {}= occurs twice", quoted(tag.name)));
    if (list.tags_.size() == kMostTags) return Error(fmt::format("over {} tags", kMostTags));
    list.tags_.push_back(tag);
  }
  if (list.tags_.empty()) return Error("no tags at all");
  return list;
}

const std::string_view* TagList::find(std::string_view name) const {
  for (const Tag& tag : tags_)
    if (tag.name == name) return &tag.value;
  return nullptr;
}

std::string without_space(std::string_view value) {
  std::string text(value);
  std::erase_if(text, is_space);
  return text;
}

std::vector<std::string_view> split_colons(std::string_view value) {
  std::vector<std::string_view> members;
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = std::min(value.find(':', at), value.size());
    members.push_back(trim(value.substr(at, end - at), kSpace));
    at = end + 1;
  }
  return members;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string octets;
  octets.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const bool last = at + 4 == text.size();
    const int padding = !last || text[at + 3] != '=' ? 0 : text[at + 2] == '=' ? 2 : 1;
    unsigned bits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const int six = i + static_cast<std::size_t>(padding) >= 4 ? 0 : sextet(text[at + i]);
      if (six < 0) return std::nullopt;
      bits = bits << 6 | static_cast<unsigned>(six);
    }
    for (int i = 0; i < 3 - padding; ++i) octets.push_back(static_cast<char>(bits >> (16 - 8 * i) & 0xff));
  }
  return octets;
}

}  // namespace filters::dkim
