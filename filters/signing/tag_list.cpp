#include "filters/signing/tag_list.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "policy/facts/text.h"

namespace filters::signing {
namespace {

constexpr std::string_view kSpace = " \t\r\n";  // FWS: the folds of a field are still in its value

// What an octet may be; every octet of every signature and key is looked up here.
enum Kind : std::uint8_t { space = 1, value = 2, name_begin = 4, name_inside = 8 };
constexpr auto kKinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  // VALCHAR; octets above 127 too, which are UTF-8 since RFC 8616.
  for (std::size_t octet = 0x21; octet < 256; ++octet) kinds[octet] = octet == 0x7f ? 0 : value;
  for (const char c : kSpace) kinds[static_cast<unsigned char>(c)] = space | value;
  for (unsigned char c = 'a'; c <= 'z'; ++c) kinds[c] |= name_begin | name_inside;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) kinds[c] |= name_begin | name_inside;
  for (unsigned char c = '0'; c <= '9'; ++c) kinds[c] |= name_inside;
  kinds['_'] |= name_inside;
  return kinds;
}();
bool is(char c, Kind kind) { return (kKinds[static_cast<unsigned char>(c)] & kind) != 0; }

bool are_all(std::string_view text, Kind kind) {
  return std::all_of(text.begin(), text.end(), [kind](char c) { return is(c, kind); });
}
bool is_tag_name(std::string_view name) {
  return !name.empty() && is(name[0], name_begin) && are_all(name, name_inside);
}
bool is_tag_value(std::string_view text) { return are_all(text, value); }

// Of an octet that is none of base64: 64.
constexpr std::uint8_t kNoSextet = 64;
constexpr auto kSextets = [] {
  std::array<std::uint8_t, 256> sextets;
  sextets.fill(kNoSextet);
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    sextets[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return sextets;
}();

// What is quoted of the text in a reason.
std::string quoted(std::string_view text) { return printable(text, 80); }

}  // namespace

Result<TagList> TagList::parse(std::string_view text) {
  if (text.size() > kMostOctets) return Error(fmt::format("tag list over {} octets", kMostOctets));
  constexpr std::size_t kUsualTags = 16;
  TagList list;
  list.tags_.reserve(kUsualTags);
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
  if (std::none_of(text.begin(), text.end(), [](char c) { return is(c, space); })) return text;
  std::erase_if(text, [](char c) { return is(c, space); });
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
  std::string octets(text.size() / 4 * 3, '\0');
  char* out = octets.data();
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const bool last = at + 4 == text.size();
    const std::size_t padding = !last || text[at + 3] != '=' ? 0 : text[at + 2] == '=' ? 2 : 1;
    unsigned bits = 0;
    unsigned wrong = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const unsigned six = i + padding >= 4 ? 0u : kSextets[static_cast<unsigned char>(text[at + i])];
      wrong |= six & kNoSextet;
      bits = bits << 6 | six;
    }
    if (wrong != 0) return std::nullopt;
    *out++ = static_cast<char>(bits >> 16 & 0xff);
    *out++ = static_cast<char>(bits >> 8 & 0xff);
    *out++ = static_cast<char>(bits & 0xff);
    if (last) octets.resize(octets.size() - padding);
  }
  return octets;
}

}  // namespace filters::signing
