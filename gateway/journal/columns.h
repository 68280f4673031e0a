#pragma once
// How wide text is on a terminal.

#include <cstddef>
#include <string>
#include <string_view>

namespace gateway::journal {

// Of printable UTF-8: two for ideographs and emoji, none for what stands over a letter or is not seen.
std::size_t columns(std::string_view text);

// At most so many columns; "…" at the end where something is missing.
std::string fitted(std::string_view text, std::size_t most);

}  // namespace gateway::journal
