#include "gateway/commands/preparation.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <span>
#include <system_error>

#include "gateway/journal/day_file.h"

namespace gateway::commands {

Result<std::shared_ptr<const net::TlsServer>> load_tls(const settings::Settings& settings) {
  const bool wanted = std::ranges::any_of(settings.listeners, [](const settings::Listener& one) {
    return one.tls != settings::ListenerTls::off;
  });
  if (!wanted && !settings.review_tls) return std::shared_ptr<const net::TlsServer>();
  if (!settings.certificates.empty())
    return net::TlsServer::load(settings.certificates, settings.tls_ciphers);
  const auto made = net::self_signed_certificate(settings.state, settings.hostname);
  if (!made) return made.error();
  return net::TlsServer::load(std::span(&*made, 1), settings.tls_ciphers);
}

Result<void> prepare_journal(const settings::Path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Error(fmt::format("journal directory {}: {}", directory.string(), error.message()));
  try {
    journal::DayFile(directory, 0)
        .append(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()), {});
  } catch (const std::exception& failed) {
    return Error(fmt::format("journal: {}", failed.what()));
  }
  return {};
}

}  // namespace gateway::commands
