#pragma once
// Where the journal is, for commands that read it without the gateway.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "gateway/journal/index/days.h"
#include "gateway/vocabulary.h"

namespace gateway::commands {

// Of the configuration; a policy with mistakes does not matter.  The error is the diagnostics, or a sentence.
Result<std::filesystem::path> journal_directory(const std::string& config);

// Likewise where messages are kept for review.
Result<std::filesystem::path> capture_directory(const std::string& config);

// Of all these days together.
std::uint64_t octets_of_lines(const std::vector<journal::index::DayFiles>& days);

}  // namespace gateway::commands
