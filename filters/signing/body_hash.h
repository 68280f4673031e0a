#pragma once
// The hash over a body in one of its canonical forms, taken slice by slice.  RFC 6376 §3.4.3 to §3.4.5

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "filters/signing/digest.h"
#include "filters/signing/signature.h"

namespace filters::signing {

class BodyHash {
 public:
  // With a length, no more octets than that are hashed.
  BodyHash(Canonicalization form, std::optional<std::uint64_t> length);

  // The slices of the body in their order, cut anywhere.
  void take(std::string_view slice);

  struct Result {
    std::string hash;          // SHA-256
    std::uint64_t octets = 0;  // of the canonical body, the hashed ones and those behind them
  };
  Result finish();

 private:
  void text(std::string_view run);
  void emit(std::string_view octets);
  void flush();

  const bool relaxed_;
  std::uint64_t left_;           // that may still be hashed
  bool after_cr_ = false;        // a CR, of which the next octet tells whether it ends the line
  bool space_ = false;           // relaxed: white space, which counts if text follows on its line
  std::uint64_t line_ends_ = 0;  // which count if text follows
  std::uint64_t octets_ = 0;
  std::array<char, 4096> room_;
  std::size_t filled_ = 0;
  Sha256 digest_;
};

}  // namespace filters::signing
