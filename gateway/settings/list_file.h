#pragma once
// Files beside the configuration that hold one entry a line; "#" begins a comment.  Mistakes are shown with
// file and line; a file that cannot be read or holds no entry is one.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/vocabulary.h"
#include "policy/diagnostic.h"

namespace gateway::settings {

using AddressList = std::set<std::string, std::less<>>;

// Full addresses, in comparable form; nullptr when there was a mistake.
std::shared_ptr<const AddressList> read_addresses(const std::filesystem::path& file,
                                                  policy::Diagnostics& diagnostics);

// Names of people, in the order of the file; nullopt when there was a mistake.
std::optional<std::vector<std::string>> read_names(const std::filesystem::path& file,
                                                   policy::Diagnostics& diagnostics);

}  // namespace gateway::settings
