#pragma once
// The name of a header field as the most lenient reader could take it.

#include <array>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::trace {

// What stands in front of the colon, in lower case, without anything but visible ASCII: also of a line whose
// octets make it no field.  Empty without a colon, or when it is longer than any name we look for.
constexpr bool is_visible(char c) { return c > 0x20 && c < 0x7f; }  // below 0: no ASCII

class LenientName {
 public:
  explicit LenientName(const Field& field);
  // False: it begins with none of these letters.  Says so of most fields before their names are made.
  static bool may_begin(const Field& field, std::string_view lower_case);
  std::string_view text() const { return {octets_.data(), size_}; }

 private:
  std::array<char, 200> octets_;
  std::size_t size_ = 0;
};

}  // namespace gateway::trace
