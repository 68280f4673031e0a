// [tls]: the certificates, the first of which is the default, and the ciphers.

#include "gateway/settings/sections.h"

namespace gateway::settings {
namespace {

void load_certificate(TableReader& table, Settings& settings) {
  Certificate certificate;
  const bool has_certificate = table.node("certificate") != nullptr;
  const bool has_key = table.node("key") != nullptr;
  const bool certificate_fine = table.path("certificate", certificate.certificate);
  const bool key_fine = table.path("key", certificate.key);
  if (has_certificate != has_key)
    table.error(has_key ? "key needs its certificate: set both or none"
                        : "certificate needs its key: set both or none");
  if (certificate_fine && key_fine) settings.certificates.push_back(std::move(certificate));
}

}  // namespace

void load_tls(TableReader& root, Settings& settings) {
  auto table = root.table("tls");
  if (!table) return;
  load_certificate(*table, settings);
  table->choice<TlsCiphers>("ciphers", settings.tls_ciphers,
                            {{"strong", TlsCiphers::strong}, {"compatible", TlsCiphers::compatible}});
  const bool has_first = table->node("certificate") != nullptr || table->node("key") != nullptr;
  for (TableReader& other : table->tables("also")) {
    if (!has_first) other.error("[[tls.also]] adds to the certificate of [tls], which is not set");
    load_certificate(other, settings);
    if (other.node("certificate") == nullptr && other.node("key") == nullptr)
      other.error("expected certificate and key");
    other.done();
  }
  table->done();
}

}  // namespace gateway::settings
