#pragma once
// Encoded words as a reader sees them.  RFC 2047; total and linear, what cannot be decoded stays as written.

#include <string>
#include <string_view>

namespace filters::from {

// Decodes the words of the charsets UTF-8, US-ASCII, ISO-8859-1 and windows-1252 to UTF-8; blanks between
// adjacent words vanish.  A character cut between two words is joined, and words are read inside quotes too
// (against RFC 2047 §6.2 and §5): readers show them so.  The result may hold control octets.
std::string decode_text(std::string_view unfolded);

}  // namespace filters::from
