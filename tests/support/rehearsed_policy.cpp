#include "tests/support/rehearsed_policy.h"

#include <array>
#include <fstream>

#include "gateway/rehearsal/test_run.h"
#include "tests/support/paths.h"
#include "tests/support/policy_bench.h"
#include "tests/support/temporary_directory.h"

namespace support {
namespace {

namespace rehearsal = gateway::rehearsal;

constexpr std::string_view kSettings = R"(
hostname = "mx1.firma.example"
[domains."firma.example"]
mailstore = "main"
recipients = { file = "recipients.txt" }
[mailstore.main]
servers = ["192.0.2.25:25"]
)";

}  // namespace

RehearsedPolicy rehearse(const std::string& policy, const std::string& sections,
                         const std::map<std::string, std::string>& files) {
  const TemporaryDirectory directory;
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(directory.path() / name, std::ios::binary) << text;
    return directory.path() / name;
  };
  for (const auto& [name, text] : files) write(name, text);
  write("recipients.txt", "erika@firma.example\n");
  const std::array policy_file{write("policy.toml", policy)};
  const auto settings = write("postern.toml", std::string(kSettings) + sections);
  policy::Diagnostics diagnostics;
  RehearsedPolicy result;
  result.in_force = gateway::pipeline::InForce::load(settings, noon(), diagnostics);
  if (result.in_force) {
    result.set = rehearsal::read_tests(
        policy_file, {result.in_force->vocabulary, result.in_force->policy.get(), noon(), policy_file},
        diagnostics);
    result.said = diagnostics.render();
    for (const auto& run : rehearsal::run_tests(result.in_force, result.set.tests))
      for (const auto& difference : run.differences)
        result.said += policy::render(rehearsal::as_diagnostic(run, difference)) + '\n';
  } else {
    result.said = diagnostics.render();
  }
  return result;
}

std::string shipped_policy() { return file_text(source_dir() / "config/policy.toml"); }

}  // namespace support
