#pragma once
// A second reading of From, by hand and without a grammar: every "@" that some mail reader could take for the
// author's.

#include <string>
#include <string_view>
#include <vector>

namespace support {

struct AtSign {
  std::string domain;       // what stands behind it, blanks skipped, up to what cannot belong to a domain
  bool in_comment = false;  // or else in the open; those in quoted strings are nobody's
};

std::vector<AtSign> at_signs(std::string_view from);

}  // namespace support
