#pragma once
// The name of a header field as the most lenient reader could take it.

#include <string>

#include "gateway/vocabulary.h"

namespace gateway::trace {

// What stands in front of the colon, in lower case, without anything but visible ASCII: also of a line whose
// octets make it no field.  Empty without a colon, or when it is longer than any name we look for.
std::string lenient_name(const Field& field);

}  // namespace gateway::trace
