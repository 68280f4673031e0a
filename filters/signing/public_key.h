#pragma once
// The key of a selector, made ready to check signatures with, and how it is found in a DNS answer.  RFC 6376
// §6.1.2, RFC 8463 §3

#include <memory>
#include <optional>
#include <string_view>

#include "filters/signing/key_record.h"
#include "policy/facts/question.h"

struct evp_pkey_st;

namespace filters::signing {

using namespace policy::facts;

DnsQuestion key_question(const Signature& signature);

// Several records at one name have no defined meaning (RFC 6376 §3.6.2.2): of the first 4, the first that can
// be read and is of the type wanted, else the first that can be read, else the reason why the first cannot.
Result<KeyRecord> find_key_record(const DnsAnswer& answer, KeyType wanted);

class PublicKey {
 public:
  // Empty for a record without a key (p= is empty) or one that OpenSSL does not take.
  static std::optional<PublicKey> make(const KeyRecord& record);

  // Whether `signature` was made with the private half over text of that SHA-256: PKCS #1 v1.5 of an RSA key,
  // PureEdDSA over the hash of an Ed25519 one.
  bool verifies(std::string_view hash, std::string_view signature) const;

 private:
  explicit PublicKey(evp_pkey_st* key);
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace filters::signing
