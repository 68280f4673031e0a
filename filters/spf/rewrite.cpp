#include "filters/spf/rewrite.h"

#include <array>
#include <cstdio>

#include "policy/facts/text.h"

namespace filters::spf {
namespace {

constexpr std::size_t kTermOctets = 380;
constexpr std::size_t kTermMacros = 16;
constexpr std::size_t kLookUpTerms = 10;  // RFC 7208 §4.6.4

// All eight groups, so that "::ffff:192.0.2.1" stays IPv6.
std::string v6_text(const std::array<std::uint8_t, 16>& octets) {
  std::string text;
  for (std::size_t i = 0; i < 16; i += 2) {
    char group[8];
    std::snprintf(group, sizeof group, "%s%x", i ? ":" : "", unsigned{octets[i]} << 8 | octets[i + 1]);
    text += group;
  }
  return text;
}

std::string prefix_text(const Directive& directive, bool v4) {
  const unsigned prefix = v4 ? directive.prefix4 : directive.prefix6;
  return prefix == (v4 ? 32u : 128u) ? std::string() : "/" + std::to_string(prefix);
}

// A match that is certain: the library sees it as it is, short of /0.
std::string plain_match(const Directive& directive, const IpAddress& client) {
  const bool v4 = directive.mechanism == Mechanism::ip4;
  if (directive.mechanism == Mechanism::all || (v4 ? directive.prefix4 : directive.prefix6) == 0)
    return "all";
  const IpAddress shown = disguise(directive.address, client);
  return (v4 ? "ip4:" + shown.text() : "ip6:" + v6_text(shown.octets())) + prefix_text(directive, v4);
}

Handle handle_for(const Directive& directive, const IpAddress& client) {
  Handle handle;
  handle.spec = directive.domain;
  handle.text = to_text(directive);
  switch (directive.mechanism) {
    case Mechanism::include: handle.kind = Handle::Kind::record; break;
    case Mechanism::mx: handle.kind = Handle::Kind::mx; break;
    case Mechanism::ptr: handle.kind = Handle::Kind::ptr; break;
    case Mechanism::exists: handle.kind = Handle::Kind::exists; break;
    default: handle.kind = Handle::Kind::address;
  }
  handle.any_address = (client.is_v4() ? directive.prefix4 : directive.prefix6) == 0;
  return handle;
}

// ptr is ours as a whole (RFC 7208 §5.5 ends in yes or no), and asked as an exists.
std::string look_up_term(const Directive& directive, const Handle& handle, std::string_view name,
                         const IpAddress& client) {
  const Mechanism shown = directive.mechanism == Mechanism::ptr ? Mechanism::exists : directive.mechanism;
  std::string term = std::string(filters::spf::name(shown)) + ":" + std::string(name);
  const bool masked = directive.mechanism == Mechanism::a || directive.mechanism == Mechanism::mx;
  if (!masked || handle.any_address) return term;
  const std::string prefix = prefix_text(directive, client.is_v4());
  return term + (prefix.empty() || client.is_v4() ? "" : "/") + prefix;
}

}  // namespace

bool is_fair(std::string_view spec) {
  return spec.size() <= kTermOctets && count_macros(spec) <= kTermMacros;
}

std::string handle_name(std::size_t number) { return std::to_string(number) + std::string(kHandleZone); }

std::optional<std::size_t> handle_number(std::string_view name) {
  if (!name.ends_with(kHandleZone)) return std::nullopt;
  name.remove_suffix(kHandleZone.size());
  if (name.empty() || name.size() > 6) return std::nullopt;
  std::size_t number = 0;
  for (const char c : name) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::size_t>(c - '0');
  }
  return number;
}

bool matches_plainly(const Directive& directive, const IpAddress& client) {
  if (directive.mechanism == Mechanism::all) return true;
  const bool v4 = directive.mechanism == Mechanism::ip4;
  if (!v4 && directive.mechanism != Mechanism::ip6) return false;
  if (v4 != client.is_v4()) return false;
  // IPv4 stands in the last four octets.
  const unsigned bits = v4 ? 96 + directive.prefix4 : directive.prefix6;
  const auto& ours = client.octets();
  const auto& theirs = directive.address.octets();
  for (std::size_t i = 0; i < 16 && i * 8 < bits; ++i) {
    const unsigned left = bits - static_cast<unsigned>(i) * 8;
    const unsigned mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff;
    if ((ours[i] & mask) != (theirs[i] & mask)) return false;
  }
  return true;
}

std::string to_text(const Directive& directive) {
  std::string text = directive.qualifier == '+' ? std::string() : std::string(1, directive.qualifier);
  text += name(directive.mechanism);
  if (!directive.domain.empty()) text += ":" + directive.domain;
  switch (directive.mechanism) {
    case Mechanism::ip4: return text + ":" + directive.address.text() + prefix_text(directive, true);
    case Mechanism::ip6: return text + ":" + directive.address.text() + prefix_text(directive, false);
    case Mechanism::a:
    case Mechanism::mx: {
      const std::string v6 = prefix_text(directive, false);
      return text + prefix_text(directive, true) + (v6.empty() ? "" : "/") + v6;
    }
    default: return text;
  }
}

IpAddress disguise(const IpAddress& address, const IpAddress& client) {
  if (!client.is_loopback()) return address;
  std::array<std::uint8_t, 16> octets = address.octets();
  if (client.is_v4()) {
    octets[12] ^= 0x80;
  } else {
    octets[0] ^= 0x80;
  }
  return IpAddress::v6(octets);
}

Result<Rewrite> rewrite(const Record& record, const IpAddress& client, std::size_t first) {
  for (const Directive& directive : record.directives)
    if (!is_fair(directive.domain))
      return Error("\"" + printable(directive.domain, 40) + "\": too long, or too many macros");
  if (record.redirect && !is_fair(*record.redirect))
    return Error("\"redirect=" + printable(*record.redirect, 40) + "\": too long, or too many macros");

  Rewrite out;
  out.text = "v=spf1 ";  // with its space: libspf2 does not take the bare version
  const auto next = [&] { return handle_name(first + out.handles.size()); };
  std::size_t look_ups = 0;
  std::size_t networks = 0;
  for (const Directive& directive : record.directives) {
    const std::string qualifier(1, directive.qualifier);
    if (directive.looks_up()) {
      Handle handle = handle_for(directive, client);
      out.text += qualifier + look_up_term(directive, handle, next(), client) + " ";
      out.handles.push_back(std::move(handle));
      if (++look_ups > kLookUpTerms) return out;
    } else if (matches_plainly(directive, client)) {
      // The library does not say which term matched; that it came as far as here says it.
      Handle trace;
      trace.kind = Handle::Kind::trace;
      trace.text = to_text(directive);
      out.text += "?exists:" + next() + " " + qualifier + plain_match(directive, client) + " ";
      out.handles.push_back(std::move(trace));
      if (directive.mechanism == Mechanism::all) out.networks = networks;
      return out;
    } else {
      ++networks;
    }
  }
  out.networks = networks;
  // No "all" here, or we would have left: redirect counts.  RFC 7208 §6.1
  if (record.redirect) {
    Handle handle;
    handle.spec = *record.redirect;
    handle.text = "redirect=" + *record.redirect;
    handle.redirect = true;
    out.text += "redirect=" + next() + " ";
    out.handles.push_back(std::move(handle));
  } else {
    Handle trace;
    trace.kind = Handle::Kind::trace;
    trace.text = "default";
    trace.is_end = true;
    out.text += "?exists:" + next() + " ";
    out.handles.push_back(std::move(trace));
  }
  return out;
}

}  // namespace filters::spf
