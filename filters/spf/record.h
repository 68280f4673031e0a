#pragma once
// The text of an SPF record, read strictly.  RFC 7208 §12.  Expands nothing and asks nothing.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/facts/ip_address.h"
#include "policy/facts/question.h"
#include "policy/facts/result.h"

namespace filters::spf {

using namespace policy::facts;

enum class Mechanism { all, include, a, mx, ptr, ip4, ip6, exists };
std::string_view name(Mechanism mechanism);

struct Directive {
  char qualifier = '+';
  Mechanism mechanism = Mechanism::all;
  std::string domain;      // domain-spec, macros unexpanded; empty where none was given
  IpAddress address;       // ip4, ip6; of an ip6 only octets() count, "::ffff:192.0.2.1" stays IPv6 here
  unsigned prefix4 = 32;   // of ip4, a, mx
  unsigned prefix6 = 128;  // of ip6, a, mx

  // Counts against the ten terms that look up.  RFC 7208 §4.6.4
  bool looks_up() const {
    return mechanism != Mechanism::all && mechanism != Mechanism::ip4 && mechanism != Mechanism::ip6;
  }
};

struct Record {
  std::vector<Directive> directives;
  std::optional<std::string> redirect;
  std::optional<std::string> exp;
  std::vector<std::pair<std::string, std::string>> unknown;  // other modifiers, as written
};

// The whole record from "v=spf1" on.  The error names the term: it is a permerror, RFC 7208 §4.6.
Result<Record> parse_record(std::string_view text);

// "v=spf1", then a space or the end.  RFC 7208 §4.5
bool is_spf(std::string_view text);

// The SPF records among a name's TXT records: the first, and how many there are.
struct Selected {
  const std::string* text = nullptr;
  std::size_t count = 0;
};
Selected select_record(std::span<const DnsRecord> records);

// How many macros ("%{", "%%", "%_", "%-") a text has that parse_record accepted.
std::size_t count_macros(std::string_view text);

}  // namespace filters::spf
