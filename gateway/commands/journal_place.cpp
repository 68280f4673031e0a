#include "gateway/commands/journal_place.h"

#include <system_error>

#include "gateway/settings/settings.h"
#include "policy/diagnostic.h"

namespace gateway::commands {
namespace {

Result<std::shared_ptr<const settings::Settings>> read(const std::string& config) {
  policy::Diagnostics diagnostics;
  // What can be read of it is enough: who looks for the reason of a trouble needs the journal, mistakes or
  // not.
  auto settings = settings::Settings::read(config, diagnostics);
  if (!settings) return Error(std::string(trim(diagnostics.render())), 1);
  return settings;
}

}  // namespace

Result<std::filesystem::path> journal_directory(const std::string& config) {
  const auto settings = read(config);
  if (!settings) return settings.error();
  return Result<std::filesystem::path>(boost::system::in_place_value, (*settings)->journal_directory);
}

Result<std::filesystem::path> capture_directory(const std::string& config) {
  const auto settings = read(config);
  if (!settings) return settings.error();
  return Result<std::filesystem::path>(boost::system::in_place_value, (*settings)->capture.directory);
}

std::uint64_t octets_of_lines(const std::vector<journal::index::DayFiles>& days) {
  std::uint64_t all = 0;
  for (const journal::index::DayFiles& files : days) {
    std::error_code gone;
    const std::uintmax_t size = std::filesystem::file_size(files.lines, gone);
    all += gone ? 0 : size;
  }
  return all;
}

}  // namespace gateway::commands
