#pragma once
// Tar archives, with the long names of GNU tar and pax.  POSIX 1003.1 pax, ustar

#include <string_view>

#include "filters/attachments/member.h"

namespace filters::attachments {

void read_tar(std::string_view archive, const TakeMember& take);

}  // namespace filters::attachments
