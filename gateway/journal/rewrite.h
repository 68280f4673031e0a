#pragma once
// Puts another file in the place of a day's lines, while the gateway may be writing to it.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::journal {

struct Rewritten {
  std::uint64_t lines = 0;
  std::uint64_t changed = 0;
};

// `change` gives what is to stand in the place of a line, or nothing to leave it as it is.  The new file is
// synced and then takes the place of the old one at once; lines that come meanwhile are in it, and the writer
// goes on in it.  Where no line changes the file stays.  `progress` hears of the octets looked at; `placing`
// is called right before the new file takes its place.
Result<Rewritten> rewrite(
    const std::filesystem::path& lines,
    const std::function<std::optional<std::string>(std::string_view)>& change,
    const std::function<void(std::uint64_t)>& progress, const std::function<void()>& placing = [] {});

}  // namespace gateway::journal
