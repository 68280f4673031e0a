#pragma once
// What a list answers with: addresses of 127.0.0.0/8, each of which has a meaning.  RFC 5782 §2.3

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/ip_address.h"
#include "policy/facts/result.h"

namespace filters::dnsxl {

using namespace policy::facts;

// Codes that are meant together: "127.0.0.2", "127.0.0.2-11", "127.0.0.2-127.0.0.11", "127.0.*.3",
// "127.0.0-1.2".
class CodePattern {
 public:
  // The error says what was expected.  Refused besides what is no such pattern: what lies outside
  // 127.0.0.0/8, and what begins with an error code.
  static Result<CodePattern> parse(std::string_view text);
  static CodePattern any();  // of 127.0.0.0/8

  // Never an error code.
  bool matches(const IpAddress& code) const;

 private:
  struct Range {
    std::uint8_t low = 0;
    std::uint8_t high = 255;
  };
  std::array<Range, 4> octets_{};
  // Of a range from one whole address to another: in host order; 0 and ~0 otherwise.
  std::uint32_t first_ = 0;
  std::uint32_t last_ = ~std::uint32_t{0};
};

// Codes with the weight they have together: it counts once, however many of them an answer holds.
struct CountedCodes {
  std::string written;  // as it stands in the configuration
  std::vector<CodePattern> patterns;
  double weight = 0;
};

// What no list may say of what it lists: 127.0.0.1, 127.255.255.0/24 (where lists tell that they were asked
// wrongly), and all that is outside 127.0.0.0/8 (a parked or hijacked name).
bool is_error_code(const IpAddress& code);

// For people: "127.255.255.254 (asked through an open resolver)".
std::string told(const IpAddress& error_code);

}  // namespace filters::dnsxl
