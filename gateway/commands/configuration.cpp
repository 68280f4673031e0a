#include "gateway/commands/configuration.h"

#include "gateway/dns/zone.h"
#include "gateway/net/tls.h"

namespace gateway::commands {

std::shared_ptr<pipeline::InForce> load_configuration(const std::string& file,
                                                      policy::Diagnostics& diagnostics,
                                                      std::optional<settings::Mode> mode) {
  const Time today = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  auto loaded = pipeline::InForce::load(file, today, diagnostics, mode);
  // The files that only the server opens are looked at even when something else is wrong.
  policy::Diagnostics again;
  const auto read = loaded ? loaded->settings : settings::Settings::read(file, again);
  if (!read) return nullptr;
  const settings::Settings& settings = *read;
  const auto error = [&](std::string message) {
    diagnostics.add({.file = settings.file.string(), .message = std::move(message), .source = {}});
  };
  if (!settings.certificates.empty())
    if (const auto tls = net::TlsServer::load(settings.certificates, settings.tls_ciphers); !tls)
      error(tls.error().text());
  if (!settings.dns_zone.empty())
    if (const auto zone = dns::Zone::load(settings.dns_zone); !zone) error(zone.error().text());
  return diagnostics.has_errors() ? nullptr : loaded;
}

}  // namespace gateway::commands
