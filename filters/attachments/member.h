#pragma once
// What an archive holds, as its reader tells it.

#include <functional>
#include <string>
#include <string_view>

namespace filters::attachments {

struct Member {
  enum class Packing { none, stored, deflated, other };  // none: nothing to look at

  std::string_view name;  // may be empty
  bool encrypted = false;
  Packing packing = Packing::none;
  std::string_view packed = {};  // may be longer than the member: where its end is not known
};

// False: no more members are wanted.
using TakeMember = std::function<bool(const Member&)>;

}  // namespace filters::attachments
