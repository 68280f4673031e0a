#pragma once
// Zip archives.  Their central directory and the headers in front of the files may disagree, and readers go
// by the one or the other: both are told.  PKWARE APPNOTE 6.3

#include <string_view>

#include "filters/attachments/member.h"

namespace filters::attachments {

// One pass over the archive, and one over each central directory that is found.  A file is told once with
// what it holds, and once more for each further name it has.
void read_zip(std::string_view archive, const TakeMember& take);

}  // namespace filters::attachments
