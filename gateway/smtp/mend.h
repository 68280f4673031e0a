#pragma once
// What a lenient listener reads into the command lines of sloppy clients: a pure rewriting into the strict
// form, so that the grammar of command.h stays the only one.

#include <string>
#include <string_view>

namespace gateway::smtp {

// Tabs count as spaces, leading white space and what stands behind DATA, RSET or QUIT is dropped; a HELO name
// is made one printable word, "?" where there is none; a path gets the brackets it lacks, a local part with
// dots in odd places quotes, and a domain loses its root dot.  All else is left to be refused.
std::string mended(std::string_view line);

}  // namespace gateway::smtp
