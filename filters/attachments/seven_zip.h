#pragma once
// 7z archives, as far as their header is not packed itself: names, and whether anything is encrypted.

#include <string_view>

#include "filters/attachments/member.h"

namespace filters::attachments {

// A member without a name and encrypted: something in the archive is.
void read_seven_zip(std::string_view archive, const TakeMember& take);

}  // namespace filters::attachments
