#include "filters/signing/public_key.h"

#include <algorithm>
#include <span>
#include <utility>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace filters::signing {
namespace {

constexpr std::size_t kMostRecords = 4;  // reading an RSA key costs as much as a signature

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct Free {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

bool rsa_verifies(EVP_PKEY* key, std::string_view hash, std::string_view signature) {
  const std::unique_ptr<EVP_PKEY_CTX, Free> context(EVP_PKEY_CTX_new(key, nullptr));
  return context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1 &&
         EVP_PKEY_verify(context.get(), octets(signature), signature.size(), octets(hash), hash.size()) == 1;
}

bool ed25519_verifies(EVP_PKEY* key, std::string_view hash, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(hash), hash.size()) == 1;
}

}  // namespace

DnsQuestion key_question(const Signature& signature) { return {signature.key_name(), RecordType::txt}; }

Result<KeyRecord> find_key_record(const DnsAnswer& answer, KeyType wanted) {
  Result<KeyRecord> chosen = Error("there is no record");
  for (const DnsRecord& record :
       std::span(answer.records).first(std::min(answer.records.size(), kMostRecords))) {
    Result<KeyRecord> key = parse_key_record(record.text);
    if (key && key->type == wanted) return key;
    if (&record == &answer.records.front() || (key && !chosen)) chosen = std::move(key);
  }
  return chosen;
}

PublicKey::PublicKey(evp_pkey_st* key) : key_(key, EVP_PKEY_free) {}

std::optional<PublicKey> PublicKey::make(const KeyRecord& record) {
  const unsigned char* at = octets(record.key);
  EVP_PKEY* const key = record.type == KeyType::rsa
                            ? d2i_PUBKEY(nullptr, &at, static_cast<long>(record.key.size()))
                            : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, at, record.key.size());
  ERR_clear_error();
  return key ? std::optional(PublicKey(key)) : std::nullopt;
}

bool PublicKey::verifies(std::string_view hash, std::string_view signature) const {
  const bool rsa = EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA;
  const bool fits =
      rsa ? rsa_verifies(key_.get(), hash, signature) : ed25519_verifies(key_.get(), hash, signature);
  ERR_clear_error();  // a signature that does not fit leaves its failure there, where TLS would find it
  return fits;
}

}  // namespace filters::signing
