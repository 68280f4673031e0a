#pragma once
// Addresses with ports as the configuration writes them.  The errors say what was expected.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/settings/settings.h"
#include "gateway/vocabulary.h"

namespace gateway::settings {

// "192.0.2.1:25" or "[::1]:25"; with a default port also "192.0.2.1", "::1" and "[::1]".  Port 0 only where
// the system may choose.
enum class PortZero { refused, allowed };
Result<Endpoint> parse_endpoint(std::string_view text, PortZero zero,
                                std::optional<std::uint16_t> default_port = std::nullopt);

// "mail.example.com:25", "192.0.2.1:25" or "[::1]:25", as it was written if it is one.
std::optional<Error> check_server(std::string_view text);

// "192.0.2.0/24", "2001:db8::/32" or one address.  Bits beyond the prefix are an error: they are a typing
// mistake in one of the two.
Result<Network> parse_network(std::string_view text);

}  // namespace gateway::settings
