#include "filters/dkim/key_record.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "policy/facts/text.h"

#include "filters/dkim/tag_list.h"

namespace filters::dkim {
namespace {

constexpr std::size_t kEd25519Octets = 32;  // RFC 8463 §4
constexpr int kMostExponentBits = 64;       // as OpenSSL has it for the longest keys

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// SubjectPublicKeyInfo, or the bare RSAPublicKey that the example of RFC 6376 §3.6.1 allows as well.  Nothing
// may follow it.
Key read_rsa(std::string_view der) {
  const unsigned char* at = octets(der);
  const unsigned char* const end = at + der.size();
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (!key) {
    at = octets(der);
    key.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size())));
  }
  if (!key || at != end || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) key.reset();
  ERR_clear_error();
  return key;
}

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
using Number = std::unique_ptr<BIGNUM, FreeNumber>;

Number part_of(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  return Number(number);
}

// With an exponent of 1 anybody can write a signature that fits; even numbers are no key, and long exponents
// only cost time.
bool can_vouch(EVP_PKEY* key) {
  const Number modulus = part_of(key, OSSL_PKEY_PARAM_RSA_N);
  const Number exponent = part_of(key, OSSL_PKEY_PARAM_RSA_E);
  return modulus && exponent && BN_is_odd(modulus.get()) && BN_is_odd(exponent.get()) &&
         !BN_is_one(exponent.get()) && BN_num_bits(exponent.get()) <= kMostExponentBits;
}

std::string subject_public_key_info(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  ERR_clear_error();
  if (size <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

std::vector<std::string> words(const TagList& tags, std::string_view name) {
  std::vector<std::string> found;
  if (const std::string_view* value = tags.find(name))
    for (const std::string_view word : split_colons(*value)) found.push_back(to_lower(word));
  return found;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The reason why the key cannot be read, or "".
std::string read_key(std::string_view base64, KeyRecord& record) {
  const std::optional<std::string> der = decode_base64(base64);
  if (!der) return "p= is not base64";
  if (record.type == KeyType::ed25519) {
    if (der->size() != kEd25519Octets) return fmt::format("an Ed25519 key of {} octets", der->size());
    record.key = *der;
    record.bits = 8 * kEd25519Octets;
    return {};
  }
  const Key key = read_rsa(*der);
  if (!key) return "p= is not an RSA key";
  if (!can_vouch(key.get())) return "the numbers of its RSA key are not acceptable";
  record.bits = static_cast<std::size_t>(EVP_PKEY_get_bits(key.get()));
  record.key = subject_public_key_info(key.get());
  return record.key.empty() ? "p= is not an RSA key" : "";
}

}  // namespace

std::string KeyRecord::plain() const {
  std::string base64(4 * ((key.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), octets(key),
                                   static_cast<int>(key.size()));
  base64.resize(static_cast<std::size_t>(size));
  return fmt::format("v=DKIM1;k={};p={}", type == KeyType::rsa ? "rsa" : "ed25519", base64);
}

Result<KeyRecord> parse_key_record(std::string_view text) {
  const Result<TagList> tags = TagList::parse(text);
  if (!tags) return tags.error();
  const std::string_view* version = tags->find("v");
  if (version && (tags->tags().front().name != "v" || *version != "DKIM1"))
    return Error("v= is not DKIM1 at its front");
  KeyRecord record;
  if (const std::string_view* type = tags->find("k")) {
    if (equal_nocase(*type, "ed25519"))
      record.type = KeyType::ed25519;
    else if (!equal_nocase(*type, "rsa"))
      return Error(fmt::format("k={} is not known", *type));
  }
  const std::vector<std::string> services = words(*tags, "s");
  if (!services.empty() && !has(services, "*") && !has(services, "email"))
    return Error("s= does not allow email");
  record.hashes = words(*tags, "h");
  const std::vector<std::string> flags = words(*tags, "t");
  record.test_mode = has(flags, "y");
  record.same_domain = has(flags, "s");

  const std::string_view* key = tags->find("p");
  if (!key) return Error("p= is missing");
  const std::string base64 = without_space(*key);
  record.revoked = base64.empty();
  if (record.revoked) return record;
  std::string reason = read_key(base64, record);
  if (!reason.empty()) return Error(std::move(reason));
  return record;
}

std::string mismatch(const KeyRecord& key, const Signature& signature) {
  if (key.revoked) return "it is revoked";
  const bool wants_rsa = signature.algorithm != Algorithm::ed25519_sha256;
  if (wants_rsa != (key.type == KeyType::rsa))
    return fmt::format("it is no key for {}", name(signature.algorithm));
  const std::string_view hash = signature.algorithm == Algorithm::rsa_sha1 ? "sha1" : "sha256";
  if (!key.hashes.empty() && !has(key.hashes, hash)) return fmt::format("h= does not allow {}", hash);
  if (key.same_domain && signature.identity_domain != signature.domain)
    return "t=s does not allow i= in a sub-domain";
  return {};
}

}  // namespace filters::dkim
