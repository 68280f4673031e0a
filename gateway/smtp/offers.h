#pragma once
// What can be promised to a client only because whoever takes its message from us promises it, too.

#include <cstdint>

namespace gateway::smtp {

struct Offers {
  std::uint64_t most_octets = 0;  // SIZE, RFC 1870; 0: no limit is known
  bool dsn = false;               // RFC 3461
  bool requiretls = false;        // RFC 8689: the way to the mailbox is always under TLS
  bool binary = false;            // BINARYMIME, RFC 3030

  // Promises nothing that not both do.  Of the size the caller knows more.
  void keep_common(const Offers& other) {
    dsn = dsn && other.dsn;
    requiretls = requiretls && other.requiretls;
    binary = binary && other.binary;
  }

  friend bool operator==(const Offers&, const Offers&) = default;
};

}  // namespace gateway::smtp
