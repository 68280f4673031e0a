#pragma once
// Encoded words as a reader sees them.  RFC 2047; total and linear, what cannot be decoded stays as written.

#include <string>
#include <string_view>

namespace filters::mime {

// Decodes the words to UTF-8, as far as Charset knows what they mean; blanks between adjacent words vanish. A
// character cut between two words is joined, octets that mean nothing become U+FFFD, and words are read
// inside quotes too (against RFC 2047 §6.2 and §5): readers show them so.  The result may hold control
// octets.  What stood in words is appended to `words`, too.
std::string decode_text(std::string_view unfolded, std::string* words = nullptr);

// The same for people and rules: valid UTF-8 without what cannot be seen (control octets, bidirectional
// controls, zero-width characters) by which a word could be hidden from a rule, or shown in another order;
// blanks around it trimmed.
std::string display_text(std::string_view unfolded);

}  // namespace filters::mime
