#pragma once
// The typed value of a fact.

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "policy/facts/address.h"
#include "policy/facts/domain.h"
#include "policy/facts/ip_address.h"
#include "policy/facts/outcome.h"

namespace policy::inline facts {

enum class Type { boolean, number, text, domain, address, ip, outcome, choice, list, time };

std::string_view name(Type type);  // as diagnostics say it: "bool", "number", …

// One of the bare words a fact declares, such as sender.resolves = null_mx.
struct Choice {
  std::string word;
  friend bool operator==(const Choice&, const Choice&) = default;
};

using List = std::vector<std::string>;  // texts or domains, see FactSpec::element
using Time = std::chrono::sys_seconds;

using Value =
    std::variant<bool, double, std::string, Domain, Address, IpAddress, Outcome, Choice, List, Time>;

inline Type type_of(const Value& value) { return static_cast<Type>(value.index()); }

// For people and placeholders: "pass", "192.0.2.1", "a.example, b.example", RFC 3339 for a time.  Not
// escaped.
std::string to_text(const Value& value);

}  // namespace policy::inline facts
