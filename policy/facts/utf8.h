#pragma once
// Text as code points.  RFC 3629

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace policy::inline facts {

// Length of the well-formed sequence at the front of a text that is not empty; 0 when there is none.  No
// surrogates, no overlong forms.
std::size_t read_point(std::string_view text, std::uint32_t& point);

// Nothing for what is no code point.
void append_point(std::string& out, std::uint32_t point);

// Shows nothing by itself, or changes where its neighbours are shown: control octets, bidirectional controls,
// zero-width characters, selectors and tags.
bool is_invisible(std::uint32_t point);

// Whether it acts on what shows it in the place of being shown: C0, DEL, C1, line and paragraph separators,
// the controls of direction (UAX 9), the byte order mark.  Such points are never printed as they are.
bool acts_on_display(std::uint32_t point);

}  // namespace policy::inline facts
