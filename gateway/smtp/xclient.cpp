#include "gateway/smtp/xclient.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>

#include "gateway/smtp/command.h"
#include "gateway/smtp/xtext.h"

namespace gateway::smtp {
namespace {

// False when the value does not fit the attribute.
bool take(std::string_view name, const std::string& value, Xclient& xclient) {
  if (equal_nocase(value, "[UNAVAILABLE]") || equal_nocase(value, "[TEMPUNAVAIL]")) return true;
  if (equal_nocase(name, "ADDR")) {
    constexpr std::string_view kV6 = "IPV6:";
    const bool is_v6 = starts_with_nocase(value, kV6);
    const std::string_view address = std::string_view(value).substr(is_v6 ? kV6.size() : 0);
    if (is_v6 && address.find(':') == address.npos) return false;
    xclient.address = IpAddress::parse(address);
    return xclient.address.has_value();
  }
  if (equal_nocase(name, "PORT")) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), port);
    xclient.port = port;
    return error == std::errc() && end == value.data() + value.size();
  }
  if (equal_nocase(name, "HELO")) {
    xclient.helo = value;
    return is_hello_name(value);
  }
  if (equal_nocase(name, "PROTO")) {
    xclient.esmtp = equal_nocase(value, "ESMTP");
    return *xclient.esmtp || equal_nocase(value, "SMTP");
  }
  return true;
}

// Those of Postfix.  Its DEST… and REVERSE_NAME are not asked for, and no reason to refuse the client.
constexpr std::array<std::string_view, 9> kAttributes{"NAME",  "ADDR",         "PORT",     "HELO",    "PROTO",
                                                      "LOGIN", "REVERSE_NAME", "DESTADDR", "DESTPORT"};

}  // namespace

std::optional<Xclient> parse_xclient(std::string_view argument) {
  Xclient xclient;
  std::bitset<kAttributes.size()> given;
  while (!(argument = trim(argument, " ")).empty()) {
    const std::string_view word = argument.substr(0, argument.find(' '));
    argument.remove_prefix(word.size());
    const std::size_t equals = word.find('=');
    if (equals == word.npos) return std::nullopt;
    const std::string_view name = word.substr(0, equals);
    const auto* const known =
        std::ranges::find_if(kAttributes, [&](std::string_view one) { return equal_nocase(one, name); });
    if (known == kAttributes.end()) return std::nullopt;
    const auto place = static_cast<std::size_t>(known - kAttributes.begin());
    if (given.test(place)) return std::nullopt;  // which of the two is the client?
    given.set(place);
    const auto value = decode_xtext(word.substr(equals + 1));
    if (!value || !take(name, *value, xclient)) return std::nullopt;
  }
  return xclient;
}

}  // namespace gateway::smtp
