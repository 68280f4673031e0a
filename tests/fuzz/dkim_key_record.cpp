// The text of a DKIM key record, and what of it goes to libopendkim.
#include "filters/signing/key_record.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace signing = filters::signing;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto key = signing::parse_key_record(text);
  if (!key || key->revoked) return 0;
  const auto again = signing::parse_key_record(key->plain());  // the plain record is the same key
  if (!again || again->key != key->key || again->bits != key->bits || again->type != key->type) std::abort();
  for (const auto algorithm : {signing::Algorithm::rsa_sha256, signing::Algorithm::ed25519_sha256}) {
    signing::Signature signature;
    signature.algorithm = algorithm;
    signing::mismatch(*key, signature);
  }
  return 0;
}
