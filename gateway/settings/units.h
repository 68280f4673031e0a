#pragma once
// Durations, sizes and shares as people write them: "30s", "25MB", "5%".  The errors say what was expected.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::settings {

// "500ms", "30s", "5m" or "5min", "4h", "2d"; up to 36500d.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// Octets: "500B", "25MB" (10⁶), "16KiB" (2¹⁰); up to 1000 TB.
Result<std::uint64_t> parse_size(std::string_view text);

// "5%" is 0.05; 0% to 100%, decimals allowed.
Result<double> parse_share(std::string_view text);

std::string duration_text(std::chrono::milliseconds duration);  // in the largest unit that divides it: "4h"
std::string size_text(std::uint64_t octets);

}  // namespace gateway::settings
