#include "filters/signing/digest.h"

#include <new>

#include <openssl/evp.h>

namespace filters::signing {
namespace {

constexpr std::size_t kOctets = 32;

void check(int result) {
  if (result != 1) throw std::bad_alloc();  // nothing else can go wrong with a digest that is built in
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  check(context_ ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0);
}

Sha256::Sha256(const Sha256& other) : context_(EVP_MD_CTX_new()) {
  check(context_ ? EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) : 0);
}

void Sha256::take(std::string_view octets) {
  check(EVP_DigestUpdate(context_.get(), octets.data(), octets.size()));
}

std::string Sha256::finish() {
  std::string hash(kOctets, '\0');
  check(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()), nullptr));
  return hash;
}

}  // namespace filters::signing
