// The certificate we make for ourselves, so that STARTTLS works from the first minute.
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "gateway/net/tls.h"

namespace gateway::net {
namespace {

constexpr long kTenYears = 3650L * 24 * 3600;

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;

bool add_extension(X509* certificate, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

CertificatePtr sign(EVP_PKEY* key, const std::string& hostname) {
  CertificatePtr certificate(X509_new(), &X509_free);
  X509* const raw = certificate.get();
  std::uint64_t serial = 0;
  const auto* const name = reinterpret_cast<const unsigned char*>(hostname.c_str());
  // A common name holds 64 octets; the alternative name is what counts.
  const int name_octets = static_cast<int>(std::min<std::size_t>(hostname.size(), 64));
  const bool made =
      raw != nullptr && RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1 &&
      X509_set_version(raw, X509_VERSION_3) == 1 &&
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), serial >> 1) == 1 &&
      X509_gmtime_adj(X509_getm_notBefore(raw), -24 * 3600) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(raw), kTenYears) != nullptr && X509_set_pubkey(raw, key) == 1 &&
      X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_UTF8, name, name_octets, -1, 0) ==
          1 &&
      X509_set_issuer_name(raw, X509_get_subject_name(raw)) == 1 &&
      add_extension(raw, NID_subject_alt_name, "DNS:" + hostname) && X509_sign(raw, key, EVP_sha256()) > 0;
  if (!made) certificate.reset();
  return certificate;
}

// Writes beside `file` and renames, so that a crash leaves no half certificate.
template <class Write>
Result<void> write_file(const std::filesystem::path& file, mode_t mode, Write write) {
  const std::string draft = file.string() + ".new";
  ::unlink(draft.c_str());
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  std::FILE* const out = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w");
  bool written = out != nullptr && write(out) == 1;
  if (out != nullptr) written = std::fflush(out) == 0 && ::fsync(descriptor) == 0 && written;
  const int cause = errno;
  if (out != nullptr) std::fclose(out);
  if (!written || ::rename(draft.c_str(), file.c_str()) != 0)
    return Error(fmt::format("cannot write {}: {}", file.string(), std::strerror(written ? errno : cause)),
                 cause);
  return {};
}

}  // namespace

Result<settings::Certificate> self_signed_certificate(const std::filesystem::path& state,
                                                      const std::string& hostname) {
  const std::filesystem::path directory = state / "tls";
  const settings::Certificate files{directory / "self-signed.pem", directory / "self-signed.key"};
  std::error_code error;
  if (std::filesystem::exists(files.certificate, error) && std::filesystem::exists(files.key, error))
    return files;
  std::filesystem::create_directories(directory, error);
  if (error)
    return Error(fmt::format("cannot make {}: {}", directory.string(), error.message()), error.value());
  const KeyPtr key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const CertificatePtr certificate = key ? sign(key.get(), hostname) : CertificatePtr(nullptr, &X509_free);
  if (!certificate) return Error("cannot make a self-signed certificate: " + tls_error());
  const auto key_written = write_file(files.key, 0600, [&](std::FILE* out) {
    return PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  if (!key_written) return key_written.error();
  const auto certificate_written = write_file(
      files.certificate, 0644, [&](std::FILE* out) { return PEM_write_X509(out, certificate.get()); });
  if (!certificate_written) return certificate_written.error();
  return files;
}

}  // namespace gateway::net
