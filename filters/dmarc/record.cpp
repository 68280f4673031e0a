#include "filters/dmarc/record.h"

#include <algorithm>
#include <array>

#include "policy/facts/text.h"

namespace filters::dmarc {
namespace {

using namespace policy::facts;

constexpr std::size_t kLongestRecord = 64 * 1024;  // of a TXT record, RFC 1035 §3.2.1
constexpr std::string_view kBlanks = " \t";

// The tags of the registry; in the order of their names.  RFC 9989 §9.3
enum Tag { kV, kP, kSp, kNp, kPsd, kT, kAdkim, kAspf, kRua, kRuf, kFo, kTags };
constexpr std::array<std::string_view, kTags> kTagNames{"v",     "p",    "sp",  "np",  "psd", "t",
                                                        "adkim", "aspf", "rua", "ruf", "fo"};

std::optional<Policy> parse_policy(std::string_view word) {
  for (const Policy policy : {Policy::none, Policy::quarantine, Policy::reject})
    if (equal_nocase(word, name(policy))) return policy;
  return std::nullopt;
}

bool printable_value(std::string_view value) {
  return !value.empty() &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_alpha(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

// The octets of a URI but commas and exclamation marks, which must be encoded.  RFC 3986 §2, RFC 9989 §4.8
bool has_uri_octets(std::string_view text) {
  constexpr std::string_view kMarks = "-._~:/?#[]@$&'()*+=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_alpha(c) || is_digit(c) || kMarks.find(c) != kMarks.npos) continue;
    if (c != '%' || i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
  }
  return true;
}

// "10m": how large a report may be, once.
bool is_size(std::string_view text) {
  constexpr std::string_view kUnits = "kmgt";
  if (!text.empty() && kUnits.find(to_lower(text.back())) != kUnits.npos) text.remove_suffix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// A scheme and something behind it (RFC 3986 §3), perhaps with the size that older records give.
bool is_uri(std::string_view text) {
  if (const auto mark = text.find('!'); mark != text.npos) {
    if (!is_size(text.substr(mark + 1))) return false;
    text = text.substr(0, mark);
  }
  const auto colon = text.find(':');
  if (colon == text.npos || colon == 0 || colon + 1 == text.size() || !is_alpha(text[0])) return false;
  return has_uri_octets(text) &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
}

bool names_a_uri(std::string_view list) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (is_uri(trim(list.substr(0, comma), kBlanks))) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// Takes what stands in front of the next semicolon.
std::string_view next_part(std::string_view& rest) {
  const auto semicolon = std::min(rest.find(';'), rest.size());
  const std::string_view part = rest.substr(0, semicolon);
  rest.remove_prefix(std::min(semicolon + 1, rest.size()));
  return part;
}

bool is_version(std::string_view part) {
  const auto equals = part.find('=');
  if (equals == part.npos || part.starts_with(' ') || part.starts_with('\t')) return false;
  return equal_nocase(trim(part.substr(0, equals), kBlanks), "v") &&
         trim(part.substr(equals + 1), kBlanks) == "DMARC1";
}

}  // namespace

std::string_view name(Policy policy) {
  constexpr std::string_view kNames[] = {"none", "quarantine", "reject"};
  return kNames[static_cast<std::size_t>(policy)];
}

std::string_view name(PolicyTag tag) {
  constexpr std::string_view kNames[] = {"p", "sp", "np"};
  return kNames[static_cast<std::size_t>(tag)];
}

bool Record::is_one(std::string_view text) { return is_version(next_part(text)); }

std::optional<Record> Record::parse(std::string_view text) {
  if (text.size() > kLongestRecord || !is_version(next_part(text))) return std::nullopt;
  std::array<std::string_view, kTags> values;
  std::array<bool, kTags> seen{true};  // the version
  while (!text.empty()) {
    const std::string_view part = next_part(text);
    const auto equals = part.find('=');
    if (equals == part.npos) continue;
    const std::string_view tag = trim(part.substr(0, equals), kBlanks);
    const auto at = std::find_if(kTagNames.begin(), kTagNames.end(),
                                 [&](std::string_view known) { return equal_nocase(tag, known); });
    if (at == kTagNames.end()) continue;
    const auto index = static_cast<std::size_t>(at - kTagNames.begin());
    if (seen[index]) return std::nullopt;
    seen[index] = true;
    const std::string_view value = trim(part.substr(equals + 1), kBlanks);
    values[index] = printable_value(value) ? value : "?";  // a broken value is an unknown one
  }

  Record record;
  const auto policy_of = [&](Tag tag, Policy otherwise) {
    if (!seen[tag]) return otherwise;
    const auto read = parse_policy(values[tag]);
    record.bad_policy = record.bad_policy || !read;
    return read.value_or(Policy::none);
  };
  record.policy = policy_of(kP, Policy::none);
  record.subdomains = policy_of(kSp, record.policy);
  record.absent = policy_of(kNp, record.subdomains);
  if (seen[kSp]) record.subdomains_tag = PolicyTag::sp;
  record.absent_tag = seen[kNp] ? PolicyTag::np : record.subdomains_tag;
  if (record.bad_policy) {
    record.policy = record.subdomains = record.absent = Policy::none;
    record.void_policy = !names_a_uri(values[kRua]);
  }
  record.testing = equal_nocase(values[kT], "y");
  record.strict_dkim = equal_nocase(values[kAdkim], "s");
  record.strict_spf = equal_nocase(values[kAspf], "s");
  if (equal_nocase(values[kPsd], "y")) record.psd = Psd::yes;
  if (equal_nocase(values[kPsd], "n")) record.psd = Psd::no;
  return record;
}

}  // namespace filters::dmarc
