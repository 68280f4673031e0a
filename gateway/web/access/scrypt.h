#pragma once
// A password as it is kept: scrypt (RFC 7914) by OpenSSL, its parameters beside it, so that they can be
// raised later.
//
//   scrypt$15$8$1$<salt>$<hash>          log2 of N, r, p; salt and hash in hexadecimal digits

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::web::access {

class PasswordHash {
 public:
  // Longer ones are refused, not cut: half of a password opens nothing.
  static constexpr std::size_t kLongestPassword = 1024;
  // 128 N r octets are taken while it runs; that bounds what a line of the file may ask for.
  static constexpr std::uint64_t kMostMemory = 128 << 20;

  // The error says what was expected.
  static Result<PasswordHash> parse(std::string_view text);
  // With fresh salt, and parameters that take 32 MiB and about a tenth of a second.
  static PasswordHash of(std::string_view password);
  // One that no password opens, and that takes as long: for names that are not there.
  static const PasswordHash& of_nobody();

  // Takes that tenth of a second; at most two run at a time, others wait.
  bool opens(std::string_view password) const;
  std::string text() const;

 private:
  unsigned log_n_ = 15;
  unsigned r_ = 8;
  unsigned p_ = 1;
  std::string salt_;
  std::string hash_;
};

}  // namespace gateway::web::access
