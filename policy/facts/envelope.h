#pragma once
// Reverse-path and recipients of one transaction, with the parameters MAIL carried.  RFC 5321 §3.3

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/facts/address.h"

namespace policy::inline facts {

struct Envelope {
  Address sender;  // is_null() for <>
  std::vector<Address> recipients;
  std::optional<std::uint64_t> declared_bytes;  // SIZE=, RFC 1870
  bool eight_bit = false;                       // BODY=8BITMIME, RFC 6152
  bool binary = false;                          // BODY=BINARYMIME, RFC 3030
  bool smtputf8 = false;                        // RFC 6531
  bool requiretls = false;                      // RFC 8689
  std::string ret;                              // RET=, RFC 3461: what a notification returns, as said
  std::string envid;                            // ENVID=, RFC 3461: what it calls the message, as said
};

}  // namespace policy::inline facts
