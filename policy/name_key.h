#pragma once
// What of a person's name is compared: lower case, accents folded, words sorted.

#include <memory_resource>
#include <string>
#include <string_view>

#include "policy/room.h"

namespace policy {

class NameKey {
 public:
  explicit NameKey(std::string_view name);
  std::string_view text() const { return text_; }

 private:
  Room room_;
  std::pmr::string text_{room_.memory()};
};

}  // namespace policy
