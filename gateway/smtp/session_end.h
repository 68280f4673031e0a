#pragma once
// How a connection came to its end, for the record of those that brought no transaction.  The views are valid
// for the call that carries them: most connections end unrecorded, and telling so must cost nothing.

#include <chrono>
#include <cstdint>
#include <string_view>

#include "gateway/smtp/client.h"

namespace gateway::smtp {

struct SessionEnd {
  enum class How : std::uint8_t {
    quit,                  // the client said QUIT
    closed,                // the client ended its stream
    lost,                  // the connection broke
    timed_out,             // limits.command_wait, data_wait or session
    too_slow,              // limits.data_rate
    limit,                 // limits.errors, idle_commands or refused_recipients
    refused,               // a rule refused in the greeting, or there was no going on after a command
    tls_failed,            // the handshake, or octets in clear behind STARTTLS
    proxy_header,          // the PROXY header is malformed or missing
    too_many_connections,  // limits.connections or connections_per_network, or no descriptors are left
    stopping,              // the gateway is
    internal_trouble,
  };

  How how = How::closed;
  const Client& client;
  std::chrono::steady_clock::duration duration{};
  unsigned commands = 0;               // lines read as commands
  unsigned errors = 0;                 // of them, as limits.errors counts
  std::string_view last_command = {};  // its verb, "?" for an unknown one; empty before the first
  std::string_view last_reply = {};    // on one line, as on the wire
  std::string_view detail = {};        // why, where there is more to say; may hold any octets
};

constexpr std::string_view name(SessionEnd::How how) {
  using How = SessionEnd::How;
  switch (how) {
    case How::quit: return "quit";
    case How::closed: return "closed";
    case How::lost: return "lost";
    case How::timed_out: return "timed_out";
    case How::too_slow: return "too_slow";
    case How::limit: return "limit";
    case How::refused: return "refused";
    case How::tls_failed: return "tls_failed";
    case How::proxy_header: return "proxy_header";
    case How::too_many_connections: return "too_many_connections";
    case How::stopping: return "stopping";
    case How::internal_trouble: return "internal_trouble";
  }
  return "";
}

}  // namespace gateway::smtp
