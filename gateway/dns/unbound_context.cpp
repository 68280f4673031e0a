#include "gateway/dns/unbound_context.h"

#include <fmt/format.h>

#include "gateway/dns/forwarder.h"

namespace gateway::dns {
namespace {

// The zones libunbound would answer from itself; a mail gateway inside a company network needs the real ones.
constexpr const char* kBuiltIn[] = {"test.", "invalid.", "localhost.", "home.arpa."};

std::vector<std::string> private_reverse_zones() {
  std::vector<std::string> zones{
      "127.in-addr.arpa.",         "10.in-addr.arpa.",        "168.192.in-addr.arpa.",
      "0.in-addr.arpa.",           "254.169.in-addr.arpa.",   "2.0.192.in-addr.arpa.",
      "100.51.198.in-addr.arpa.",  "113.0.203.in-addr.arpa.", "255.255.255.255.in-addr.arpa.",
      "8.b.d.0.1.0.0.2.ip6.arpa.", "d.f.ip6.arpa.",           "8.e.f.ip6.arpa.",
      "9.e.f.ip6.arpa.",           "a.e.f.ip6.arpa.",         "b.e.f.ip6.arpa."};
  for (int i = 16; i < 32; ++i) zones.push_back(fmt::format("{}.172.in-addr.arpa.", i));
  for (int i = 64; i < 128; ++i) zones.push_back(fmt::format("{}.100.in-addr.arpa.", i));
  for (const char last : {'0', '1'}) {
    std::string zone(1, last);
    for (int i = 0; i < 31; ++i) zone += ".0";
    zones.push_back(zone + ".ip6.arpa.");
  }
  return zones;
}

constexpr std::pair<const char*, const char*> kOptions[] = {
    {"do-not-query-localhost:", "no"},  // a resolver on this machine is the best there is
    {"outgoing-range:", "256"},         // the library's own default is 16
    {"outgoing-num-tcp:", "32"},       {"msg-cache-size:", "16m"}, {"rrset-cache-size:", "32m"},
    {"infra-keep-probing:", "yes"},  // a server that was down is found again at once
};

// IANA's trust anchors of the root, KSK-2017 and KSK-2024.  RFC 9718
constexpr const char* kTrustAnchors[] = {
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
};

Error failed(std::string_view what, int code) {
  return Error(fmt::format("cannot set up libunbound: {}: {}", what, ub_strerror(code)));
}

}  // namespace

Result<UnboundContext> make_context(const UnboundOptions& options) {
  UnboundContext context(ub_ctx_create());
  if (!context) return Error("cannot set up libunbound: no memory, or no pipe could be opened");
  const auto set = [&](std::string_view what, int code, std::optional<Error>& error) {
    if (code != UB_NOERROR && !error) error = failed(what, code);
  };
  std::optional<Error> error;
  set("logging", ub_ctx_debugout(context.get(), nullptr), error);  // it would write to standard error
  for (const auto& [option, value] : kOptions)
    set(option, ub_ctx_set_option(context.get(), option, value), error);
  set("thread", ub_ctx_async(context.get(), 1), error);

  const bool recursive = is_recursive(options.servers);
  if (options.servers.empty()) {
    set("/etc/resolv.conf", ub_ctx_resolvconf(context.get(), nullptr), error);
  } else if (!recursive) {
    for (const std::string& server : options.servers) {
      const auto forwarder = parse_forwarder(server);
      if (!forwarder)
        return Error(fmt::format("dns server '{}' is not IP:port, such as 192.0.2.1:53", printable(server)));
      const std::string address = fmt::format("{}@{}", forwarder->ip.text(), forwarder->port);
      set(server, ub_ctx_set_fwd(context.get(), address.c_str()), error);
    }
  }
  if (options.dnssec || recursive)
    for (const char* anchor : kTrustAnchors) set(anchor, ub_ctx_add_ta(context.get(), anchor), error);

  // Last: this makes the settings final, and what is set later is silently without effect.
  for (const char* zone : kBuiltIn) set(zone, ub_ctx_zone_remove(context.get(), zone), error);
  for (const std::string& zone : private_reverse_zones())
    set(zone, ub_ctx_zone_remove(context.get(), zone.c_str()), error);
  if (error) return *error;
  return context;
}

}  // namespace gateway::dns
