#include "filters/signing/rsa_key.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <optional>
#include <vector>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace filters::signing {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostExponentBits = 64;  // as OpenSSL has it for the longest keys

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Both without leading zeros, the most significant octet first.
struct Numbers {
  std::string_view modulus;
  std::string_view exponent;
};

std::size_t bits(std::string_view number) {
  return number.empty() ? 0 : 8 * number.size() - 8 + std::bit_width(static_cast<unsigned char>(number[0]));
}
bool is_odd(std::string_view number) { return !number.empty() && (number.back() & 1) != 0; }

// With an exponent of 1 anybody can write a signature that fits; even numbers are no key, and long exponents
// only cost time.
bool can_vouch(const Numbers& key) {
  return is_odd(key.modulus) && is_odd(key.exponent) && key.exponent != "\1"sv &&
         bits(key.exponent) <= kMostExponentBits;
}

// --- the plain form that every key of the day has: read here, for OpenSSL takes many times as long to find
// out what it is

// The contents of one element of this kind at the front, which is taken away.  DER: the shortest length that
// does, of at most two octets.
std::optional<std::string_view> take(std::string_view& der, char kind) {
  if (der.size() < 2 || der[0] != kind) return std::nullopt;
  std::size_t size = static_cast<unsigned char>(der[1]);
  std::size_t at = 2;
  if (size > 0x7f) {
    const std::size_t more = size - 0x80;
    if (more < 1 || more > 2 || der.size() < at + more) return std::nullopt;
    size = 0;
    for (; at < 2 + more; ++at) size = size << 8 | static_cast<unsigned char>(der[at]);
    if (size < (more == 1 ? 0x80u : 0x100u)) return std::nullopt;
  }
  if (der.size() - at < size) return std::nullopt;
  const std::string_view contents = der.substr(at, size);
  der.remove_prefix(at + size);
  return contents;
}

// A positive INTEGER in its shortest form, without the zero that keeps it positive.
std::optional<std::string_view> take_number(std::string_view& der) {
  const auto number = take(der, '\x02');
  if (!number || number->empty()) return std::nullopt;
  const bool zero = number->front() == '\0';
  const auto first = static_cast<unsigned char>(zero && number->size() > 1 ? (*number)[1] : (*number)[0]);
  if (zero ? number->size() < 2 || first < 0x80 : first >= 0x80) return std::nullopt;
  return number->substr(zero ? 1 : 0);
}

std::optional<Numbers> plain_numbers(std::string_view der) {
  constexpr std::string_view kRsa = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv;
  auto info = take(der, '\x30');
  if (!info || !der.empty() || !info->starts_with(kRsa)) return std::nullopt;
  info->remove_prefix(kRsa.size());
  auto string = take(*info, '\x03');
  if (!string || !info->empty() || !string->starts_with('\0')) return std::nullopt;
  string->remove_prefix(1);
  auto key = take(*string, '\x30');
  if (!key || !string->empty()) return std::nullopt;
  const auto modulus = take_number(*key);
  const auto exponent = modulus ? take_number(*key) : std::nullopt;
  if (!exponent || !key->empty()) return std::nullopt;
  return Numbers{*modulus, *exponent};
}

// --- any other form: as OpenSSL reads it

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

Key decode(std::string_view der) {
  const unsigned char* at = octets(der);
  const unsigned char* const end = at + der.size();
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (!key) {
    at = octets(der);
    key.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size())));
  }
  if (!key || at != end || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) key.reset();
  return key;
}

std::string number(EVP_PKEY* key, const char* name) {
  BIGNUM* part = nullptr;
  EVP_PKEY_get_bn_param(key, name, &part);
  const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> owner(part, BN_free);
  std::string text(part ? static_cast<std::size_t>(BN_num_bytes(part)) : 0, '\0');
  if (part) BN_bn2bin(part, reinterpret_cast<unsigned char*>(text.data()));
  return text;
}

std::string subject_public_key_info(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

Result<RsaKey> odd_form(std::string_view der) {
  const Key key = decode(der);
  RsaKey read;
  std::string modulus;
  std::string exponent;
  if (key) {
    modulus = number(key.get(), OSSL_PKEY_PARAM_RSA_N);
    exponent = number(key.get(), OSSL_PKEY_PARAM_RSA_E);
    read = {subject_public_key_info(key.get()), bits(modulus)};
  }
  ERR_clear_error();
  if (read.der.empty()) return Error("p= is no RSA key");
  if (!can_vouch({modulus, exponent}))
    return Error("its RSA key vouches for nothing: an even number, or an exponent of 1 or over 64 bits");
  return read;
}

}  // namespace

Result<RsaKey> read_rsa_key(std::string_view der) {
  const std::optional<Numbers> plain = plain_numbers(der);
  if (!plain || !can_vouch(*plain)) return odd_form(der);
  return RsaKey{std::string(der), bits(plain->modulus)};
}

}  // namespace filters::signing
