#pragma once
// The attachments that Outlook puts into winmail.dat.  [MS-OXTNEF]

#include <string_view>

#include "filters/attachments/member.h"

namespace filters::attachments {

void read_tnef(std::string_view data, const TakeMember& take);

}  // namespace filters::attachments
