#include "filters/spf/record.h"

#include <algorithm>
#include <array>

#include "policy/facts/text.h"

#include "filters/spf/macro.h"

namespace filters::spf {
namespace {

constexpr std::array<std::string_view, 8> kMechanisms{"all", "include", "a",   "mx",
                                                      "ptr", "ip4",     "ip6", "exists"};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }

Error broken(std::string_view term, std::string_view why) {
  return Error("\"" + printable(term, 80) + "\": " + std::string(why));
}

// macro-string: visible ASCII, '%' only in macros.
bool is_macro_string(std::string_view text, bool* ends_in_macro = nullptr) {
  bool macro = false;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] < 0x21 || text[at] > 0x7e) return false;
    const std::size_t length = text[at] == '%' ? macro_length(text.substr(at)) : 1;
    if (length == 0) return false;
    macro = text[at] == '%';
    at += length;
  }
  if (ends_in_macro) *ends_in_macro = macro;
  return true;
}

bool is_toplabel(std::string_view label) {
  if (label.empty() ||
      !std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || c == '-'; }))
    return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::any_of(label.begin(), label.end(), [](char c) { return !is_digit(c); });
}

bool is_domain_spec(std::string_view text) {
  bool ends_in_macro = false;
  if (text.empty() || !is_macro_string(text, &ends_in_macro)) return false;
  if (ends_in_macro) return true;
  if (text.back() == '.') text.remove_suffix(1);
  const auto dot = text.rfind('.');
  // The dot found may not be a delimiter within a macro: then '}' stands behind it, and no toplabel has one.
  return dot != std::string_view::npos && is_toplabel(text.substr(dot + 1));
}

// "0" or digits without a leading zero, up to `most`.
std::optional<unsigned> prefix_length(std::string_view digits, unsigned most) {
  if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  unsigned value = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= most ? std::optional(value) : std::nullopt;
}

// Cuts a trailing "/digits" (or the given mark) from `text`.
std::optional<std::string_view> cut_digits(std::string_view& text, std::string_view mark) {
  const auto last = text.find_last_not_of("0123456789");
  if (last == std::string_view::npos || last + 1 < mark.size()) return std::nullopt;
  const auto start = last + 1 - mark.size();
  if (text.substr(start, mark.size()) != mark) return std::nullopt;
  const std::string_view digits = text.substr(last + 1);
  text = text.substr(0, start);
  return digits;
}

// dual-cidr-length at the end of `rest`.  No domain-spec ends in "/digits", so this cuts nothing of it.
bool take_dual_cidr(std::string_view& rest, Directive& directive) {
  if (const auto digits = cut_digits(rest, "//")) {
    const auto prefix = prefix_length(*digits, 128);
    if (!prefix) return false;
    directive.prefix6 = *prefix;
  }
  if (const auto digits = cut_digits(rest, "/")) {
    const auto prefix = prefix_length(*digits, 32);
    if (!prefix) return false;
    directive.prefix4 = *prefix;
  }
  return true;
}

// qnum does not allow leading zeros; IpAddress::parse may come to be lenient, this place must not.
bool has_leading_zero(std::string_view quad) {
  for (std::size_t at = 0; at + 1 < quad.size(); ++at)
    if (quad[at] == '0' && is_digit(quad[at + 1]) && (at == 0 || quad[at - 1] == '.')) return true;
  return false;
}

Result<Directive> parse_network(std::string_view term, std::string_view rest, Directive directive) {
  const bool v6 = directive.mechanism == Mechanism::ip6;
  if (!rest.starts_with(':')) return broken(term, "it needs an address");
  rest.remove_prefix(1);
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    const auto prefix = prefix_length(rest.substr(slash + 1), v6 ? 128 : 32);
    if (!prefix) return broken(term, "the prefix length is not valid");
    (v6 ? directive.prefix6 : directive.prefix4) = *prefix;
    rest = rest.substr(0, slash);
  }
  const bool colon = rest.find(':') != std::string_view::npos;
  const auto address = rest.size() < 64 ? IpAddress::parse(rest) : std::nullopt;
  if (!address || colon != v6 || has_leading_zero(rest.substr(rest.rfind(':') + 1)))
    return broken(term, v6 ? "not an IPv6 address" : "not an IPv4 address");
  directive.address = *address;
  return directive;
}

Result<Directive> parse_directive(std::string_view term) {
  Directive directive;
  std::string_view rest = term;
  if (std::string_view("+-?~").find(rest.front()) != std::string_view::npos) {
    directive.qualifier = rest.front();
    rest.remove_prefix(1);
  }
  const std::string_view word = rest.substr(0, rest.find_first_of(":/"));
  const auto known = std::find_if(kMechanisms.begin(), kMechanisms.end(),
                                  [&](std::string_view name) { return equal_nocase(name, word); });
  if (known == kMechanisms.end()) return broken(term, "unknown mechanism");
  directive.mechanism = static_cast<Mechanism>(known - kMechanisms.begin());
  rest.remove_prefix(word.size());

  switch (directive.mechanism) {
    case Mechanism::all:
      if (!rest.empty()) return broken(term, "\"all\" takes nothing");
      return directive;
    case Mechanism::ip4:
    case Mechanism::ip6: return parse_network(term, rest, std::move(directive));
    case Mechanism::a:
    case Mechanism::mx:
      if (!take_dual_cidr(rest, directive)) return broken(term, "the prefix length is not valid");
      break;
    case Mechanism::include:
    case Mechanism::ptr:
    case Mechanism::exists: break;
  }
  if (rest.empty()) {
    if (directive.mechanism == Mechanism::include || directive.mechanism == Mechanism::exists)
      return broken(term, "it needs a domain");
    return directive;
  }
  if (rest.front() != ':' || !is_domain_spec(rest.substr(1))) return broken(term, "not a valid domain");
  directive.domain = rest.substr(1);
  return directive;
}

bool is_modifier_name(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alnum(c) || c == '-' || c == '_' || c == '.';
  });
}

// Once each.  RFC 7208 §6
std::optional<Error> set_domain(std::optional<std::string>& into, std::string_view term,
                                std::string_view value) {
  if (into) return broken(term, "given twice");
  if (!is_domain_spec(value)) return broken(term, "not a valid domain");
  into = value;
  return std::nullopt;
}

std::optional<Error> add_term(Record& record, std::string_view term) {
  const auto sign = term.find('=');
  if (sign != std::string_view::npos && is_modifier_name(term.substr(0, sign))) {
    const std::string_view word = term.substr(0, sign);
    const std::string_view value = term.substr(sign + 1);
    if (equal_nocase(word, "redirect")) return set_domain(record.redirect, term, value);
    if (equal_nocase(word, "exp")) return set_domain(record.exp, term, value);
    if (!is_macro_string(value)) return broken(term, "not a valid macro string");
    record.unknown.emplace_back(word, value);
    return std::nullopt;
  }
  auto directive = parse_directive(term);
  if (!directive) return directive.error();
  record.directives.push_back(std::move(*directive));
  return std::nullopt;
}

}  // namespace

std::string_view name(Mechanism mechanism) { return kMechanisms[static_cast<std::size_t>(mechanism)]; }

bool is_spf(std::string_view text) {
  constexpr std::string_view kVersion = "v=spf1";
  return starts_with_nocase(text, kVersion) &&
         (text.size() == kVersion.size() || text[kVersion.size()] == ' ');
}

Result<Record> parse_record(std::string_view text) {
  if (!is_spf(text)) return Error("it does not begin with \"v=spf1\"");
  Record record;
  for (std::size_t at = 6; at < text.size();) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (auto error = add_term(record, text.substr(at, end - at))) return std::move(*error);
    at = end;
  }
  return record;
}

Selected select_record(std::span<const DnsRecord> records) {
  Selected selected;
  for (const DnsRecord& record : records)
    if (is_spf(record.text) && ++selected.count == 1) selected.text = &record.text;
  return selected;
}

std::size_t count_macros(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at)) {
    ++count;
    at += std::max<std::size_t>(macro_length(text.substr(at)), 1);
  }
  return count;
}

}  // namespace filters::spf
