#include "gateway/commands/configuration.h"

#include <fmt/format.h>

#include "filters/registry.h"
#include "gateway/dns/zone.h"
#include "gateway/net/tls.h"
#include "gateway/rehearsal/test_reader.h"
#include "gateway/rehearsal/test_run.h"

namespace gateway::commands {
namespace {

constexpr std::size_t kFailuresShown = 20;

void look_at_files(const settings::Settings& settings, policy::Diagnostics& diagnostics) {
  const auto error = [&](std::string message) {
    diagnostics.add({.file = settings.file.string(), .message = std::move(message), .source = {}});
  };
  if (!settings.certificates.empty())
    if (const auto tls = net::TlsServer::load(settings.certificates, settings.tls_ciphers); !tls)
      error(tls.error().text());
  if (!settings.dns_zone.empty())
    if (const auto zone = dns::Zone::load(settings.dns_zone); !zone) error(zone.error().text());
}

void report(const std::vector<rehearsal::TestResult>& results, const std::string& file,
            policy::Diagnostics& diagnostics) {
  std::size_t failed = 0;
  for (const rehearsal::TestResult& result : results) {
    if (result.passed() || ++failed > kFailuresShown) continue;
    for (const rehearsal::Difference& one : result.differences)
      diagnostics.add(rehearsal::as_diagnostic(result, one));
  }
  if (failed > kFailuresShown)
    diagnostics.add({.file = file,
                     .message = fmt::format("{} more tests of the policy fail: postern test shows them",
                                            failed - kFailuresShown),
                     .source = {}});
}

}  // namespace

Configuration load_configuration(const std::string& file, policy::Diagnostics& diagnostics,
                                 std::optional<settings::Mode> mode) {
  const Time today = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  auto loaded = pipeline::InForce::load(file, today, diagnostics, mode);
  // The files that only the server opens, and the tests, are looked at even when something else is wrong.
  policy::Diagnostics again;
  const auto settings = loaded ? loaded->settings : settings::Settings::read(file, again);
  if (!settings) return {};
  look_at_files(*settings, diagnostics);
  const Vocabulary vocabulary = filters::make_vocabulary(settings->filters_off);
  const auto& files = settings->policy_files;
  const rehearsal::TestSet set = rehearsal::read_tests(
      files, {vocabulary, loaded ? loaded->policy.get() : nullptr, today, files}, diagnostics);
  if (diagnostics.has_errors()) return {};
  report(rehearsal::run_tests(loaded, set.tests), settings->file.string(), diagnostics);
  if (diagnostics.has_errors()) return {};
  return {std::move(loaded), set.tests.size()};
}

}  // namespace gateway::commands
