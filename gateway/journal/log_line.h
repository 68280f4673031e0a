#pragma once
// The one plain line per transaction, for people with grep.  The journal's record holds the rest.

#include <string>

#include "gateway/journal/entry.h"

namespace gateway::journal {

// Without a line end.  A value with anything but plain characters stands in quotes, with \" and \\, so that
// no text from outside can look like another field.
std::string log_line(const Entry& entry);

}  // namespace gateway::journal
