#include "gateway/net/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "gateway/net/tls.h"

namespace gateway::net {
namespace {

struct Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Result<CertificateFacts> read_certificate(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, Free> file(std::fopen(path.c_str(), "re"));
  if (!file) return Error(std::generic_category().message(errno), errno);
  const std::unique_ptr<X509, Free> certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  if (!certificate) return Error("it is no certificate: " + tls_error());
  CertificateFacts facts;
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) == 1)
    facts.ends = Time(std::chrono::seconds(::timegm(&end)));
  const std::unique_ptr<GENERAL_NAMES, Free> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    facts.names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                             static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
  }
  return facts;
}

}  // namespace gateway::net
