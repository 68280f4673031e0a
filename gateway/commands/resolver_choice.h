#pragma once
// The resolver the configuration asks for: a zone file, or libunbound with a cache in front.

#include <filesystem>
#include <memory>

#include "gateway/dns/resolver.h"
#include "gateway/settings/settings.h"

namespace gateway::commands {

// `zone`, when not empty, stands in the place of what the settings say.
Result<std::unique_ptr<dns::Resolver>> make_resolver(const settings::Settings& settings,
                                                     const std::filesystem::path& zone = {});

}  // namespace gateway::commands
