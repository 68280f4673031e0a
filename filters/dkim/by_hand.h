#pragma once
// Signatures that libopendkim reads otherwise than the RFC says, checked without it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "filters/dkim/opendkim.h"
#include "filters/signing/field_index.h"
#include "filters/signing/key_record.h"
#include "filters/signing/signature.h"
#include "policy/facts/message.h"

namespace filters::dkim {

using namespace signing;

// The signatures of one message, which must live longer.
class ByHand {
 public:
  explicit ByHand(const Message& message) : message_(message) {}

  // libopendkim takes any tag whose name ends in b for b=, but not a b= with white space before its "=";
  // loses tags with octets above 127 (RFC 8616); ends the local part of i= at the first "@"; takes an x= of
  // more than 12 digits for one that is past; reads 4,095 octets of h=, and lets it cover the signature
  // itself.  White space before the colon of a field's name, form feeds and vertical tabs in relaxed fields,
  // and line ends other than CRLF in a body lead it astray. `own` is the field of the signature.  Throws only
  // what reading the body throws.
  bool is_needed(const Field& own, const Signature& signature);

  // The same answer as verify() of opendkim.h gives.  Throws only what reading the body throws.
  Checked verify(const Field& own, const Signature& signature, const KeyRecord& key);

 private:
  struct Hashed {
    Canonicalization form;
    std::optional<std::uint64_t> length;
    std::string hash;
  };

  bool has_lone_line_end();
  std::string header_hash(const Field& own, const Signature& signature);
  const std::string& body_hash(Canonicalization form, std::optional<std::uint64_t> length);

  const Message& message_;
  std::optional<bool> lone_line_end_;
  std::optional<signing::FieldIndex> index_;
  std::vector<Hashed> hashed_;
};

}  // namespace filters::dkim
