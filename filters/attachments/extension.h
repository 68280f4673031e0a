#pragma once
// The extension of a file's name as any reader or file system would take it.

#include <functional>
#include <string>
#include <string_view>

namespace filters::attachments {

// Calls `take` for each, lower-case; mostly one.  Looks through encoded words and percent-encoding, paths and
// NTFS streams; what cannot be seen is dropped, and so are dots, blanks and quotes at the end; a NUL may end
// the name or not.  What is longer than 40 octets or has a blank in it is no extension.
void read_extensions(std::string_view name, const std::function<void(const std::string&)>& take);

}  // namespace filters::attachments
