#pragma once
// What standard output is: a terminal that takes colours, or a file.

#include <string_view>

#include "gateway/journal/page.h"

namespace gateway::commands {

// `colour` is "auto", "always" or "never".  Left to us, a terminal gets colours unless NO_COLOR is set
// (no-color.org) or it is a dumb one, and its paragraphs are broken at its width; a file or pipe gets
// neither.
journal::PageStyle page_style(std::string_view colour);

}  // namespace gateway::commands
