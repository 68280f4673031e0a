#pragma once
// Text in a header field that must be ASCII.  RFC 2047

#include <string>
#include <string_view>

namespace gateway::trace {

// The text made printable; as encoded words when it is not ASCII.  `before_encoded`: an encoded word follows,
// so the space between must be part of ours.
std::string encode_words(std::string_view text, bool before_encoded = false);

}  // namespace gateway::trace
