#pragma once
// RAR archives of versions 4 and 5: names, and what is stored unpacked.  The compression is not undone.  RAR
// technote

#include <string_view>

#include "filters/attachments/member.h"

namespace filters::attachments {

// A member without a name and encrypted: the names are encrypted, too.
void read_rar(std::string_view archive, const TakeMember& take);

}  // namespace filters::attachments
