#include "gateway/rehearsal/disguise.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gateway::rehearsal {
namespace {

// Nobody's.  RFC 2606 §2, §3
constexpr std::array<std::string_view, 7> kExamples{"example", "example.com", "example.net", "example.org",
                                                    "test",    "invalid",     "localhost"};
constexpr std::array<std::string_view, 4> kRoles{"postmaster", "mailer-daemon", "abuse", "hostmaster"};

bool is_example(const std::string& name) {
  const auto domain = Domain::parse(name);
  return domain && std::ranges::any_of(
                       kExamples, [&](std::string_view one) { return domain->under(*Domain::parse(one)); });
}

bool is_example(const IpAddress& address) {
  constexpr std::array<std::string_view, 4> kNetworks{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
                                                      "2001:db8::/32"};
  return std::ranges::any_of(kNetworks,
                             [&](std::string_view one) { return Network::parse(one)->contains(address); });
}

// a.example to z.example, then a1.example.
std::string example_domain(unsigned number) {
  const char letter = static_cast<char>('a' + number % 26);
  return fmt::format("{}{}.example", letter, number < 26 ? "" : std::to_string(number / 26));
}

}  // namespace

template <class Make>
std::string Disguise::stand_in(const std::string& kind, const std::string& what, const Make& make) {
  const std::string key = kind + " " + what;
  const auto [place, fresh] = stand_ins_.try_emplace(key);
  if (fresh) {
    place->second = make(counts_[kind]++);
    order_.push_back(key);
  }
  const auto kept = kept_.find(key);
  if (kept != kept_.end()) return kept->second;
  return off_ ? what : place->second;
}

// Its last two labels become an example's, those before stand for themselves: that is all it takes for names
// to stay below each other.
std::string Disguise::domain(const std::string& name) {
  if (name.empty() || is_example(name)) return name;
  const auto parsed = Domain::parse(name);
  if (parsed && std::ranges::any_of(served_, [&](const Domain& one) { return parsed->under(one); }))
    return name;
  std::size_t border = name.rfind('.');
  if (border == name.npos)
    return stand_in("host", name, [](unsigned number) { return fmt::format("host{}", number + 1); });
  border = border == 0 ? name.npos : name.rfind('.', border - 1);
  const std::string base = border == name.npos ? name : name.substr(border + 1);
  std::string shown = stand_in("domain", base, example_domain);
  for (std::size_t end = border; end != name.npos && end > 0;) {
    const std::size_t dot = name.rfind('.', end - 1);
    const std::size_t begin = dot == name.npos ? 0 : dot + 1;
    const std::string label = name.substr(begin, end - begin);
    shown = stand_in("label", label, [](unsigned number) { return fmt::format("s{}", number + 1); }) + "." +
            shown;
    end = dot;
  }
  return shown;
}

Address Disguise::address(const Address& address) {
  if (address.is_null()) return address;
  std::string local = to_lower(address.local());
  if (std::ranges::find(kRoles, local) == kRoles.end())
    local = stand_in("local", local, [](unsigned number) { return fmt::format("user{}", number + 1); });
  if (local == to_lower(address.local())) local = address.text().substr(0, address.text().rfind('@'));
  if (address.is_literal()) {
    std::string inside = address.text().substr(address.text().rfind('@') + 2);
    inside.pop_back();
    const bool v6 = starts_with_nocase(inside, "IPv6:");
    const auto literal = IpAddress::parse(v6 ? std::string_view(inside).substr(5) : inside);
    return literal ? Address::odd(fmt::format("{}@[{}{}]", local, v6 ? "IPv6:" : "", ip(*literal).text()))
                   : address;
  }
  if (address.domain().empty()) return Address::odd(local);
  return Address::odd(local + "@" + domain(address.domain().text()));
}

IpAddress Disguise::ip(const IpAddress& address) {
  if (is_example(address) || address.is_loopback()) return address;
  const std::string shown = stand_in("address", address.text(), [&](unsigned number) {
    return address.is_v4() ? fmt::format("192.0.2.{}", number % 254 + 1)
                           : fmt::format("2001:db8::{:x}", number + 1);
  });
  return IpAddress::parse(shown).value_or(address);
}

std::string Disguise::text(const std::string& text) {
  if (text.empty()) return text;
  return stand_in("text", text, [](unsigned number) { return fmt::format("text {}", number + 1); });
}

std::string Disguise::host(const std::string& name) {
  const bool is_name = name.find('.') != name.npos && Domain::parse(name) && !IpAddress::parse(name);
  return is_name ? domain(to_lower(name)) : text(name);
}

Value Disguise::value(const FactSpec& spec, const Value& value) {
  switch (spec.type) {
    case Type::domain: return Domain::parse(domain(std::get<Domain>(value).text())).value_or(Domain());
    case Type::address: return address(std::get<Address>(value));
    case Type::ip: return ip(std::get<IpAddress>(value));
    case Type::text: return host(std::get<std::string>(value));
    case Type::list: {
      if (spec.element != Type::domain) return value;
      List list;
      for (const std::string& one : std::get<List>(value)) list.push_back(domain(one));
      return list;
    }
    default: return value;
  }
}

}  // namespace gateway::rehearsal
