#include "filters/dmarc/record.h"

#include <algorithm>
#include <array>

#include "policy/facts/text.h"

namespace filters::dmarc {
namespace {

using namespace policy::facts;

constexpr std::size_t kLongestRecord = 64 * 1024;  // of a TXT record, RFC 1035 §3.2.1
constexpr std::string_view kBlanks = " \t";

// The tags that we read; in the order of their names.
enum Tag { kP, kSp, kNp, kPsd, kT, kAdkim, kAspf, kRua, kTags };
constexpr std::array<std::string_view, kTags> kTagNames{"p", "sp", "np", "psd", "t", "adkim", "aspf", "rua"};

std::optional<Policy> parse_policy(std::string_view word) {
  for (const Policy policy : {Policy::none, Policy::quarantine, Policy::reject})
    if (equal_nocase(word, name(policy))) return policy;
  return std::nullopt;
}

bool printable_value(std::string_view value) {
  return !value.empty() &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// RFC 3986 §3: a scheme and something behind it.
bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == text.npos || colon == 0 || colon + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
    return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
           c == '.';
  });
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

bool Record::is_one(std::string_view text) { return is_version(next_part(text)); }

std::optional<Record> Record::parse(std::string_view text) {
  if (text.size() > kLongestRecord || !is_version(next_part(text))) return std::nullopt;
  std::array<std::string_view, kTags> values;
  std::array<bool, kTags> seen{};
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
    record.void_policy = record.void_policy || !read;
    return read.value_or(Policy::none);
  };
  record.policy = policy_of(kP, Policy::none);
  record.subdomains = policy_of(kSp, record.policy);
  record.absent = policy_of(kNp, record.subdomains);
  if (record.void_policy) {
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
