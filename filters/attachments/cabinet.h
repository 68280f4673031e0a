#pragma once
// The names in a cabinet.  [MS-CAB]; the compression is not undone.

#include <string_view>

#include "filters/attachments/member.h"

namespace filters::attachments {

void read_cabinet(std::string_view archive, const TakeMember& take);

}  // namespace filters::attachments
