#pragma once
// The one plain line per transaction, or per connection without one, for people with grep.  The journal's
// record holds the rest.

#include <string>

#include "gateway/journal/entry.h"
#include "gateway/journal/log_words.h"
#include "gateway/journal/session_entry.h"

namespace gateway::journal {

// Without a line end.  A value with anything but plain characters stands in quotes, with \" and \\, so that
// no text from outside can look like another field.
void write_log_line(LogWords& line, const Entry& entry);
std::string log_line(const SessionEntry& entry);

}  // namespace gateway::journal
