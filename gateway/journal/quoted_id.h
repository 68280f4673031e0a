#pragma once
// Transaction ids out of what people paste: "[4f7k2m9qx0tb]", or the whole reply that ends in one.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::journal {

// What may be one, in the canonical form; the last first, since replies end in them.  No id twice.  Of a
// pasted bounce as quoted-printable has it, too, with an id broken by a "=" at the end of a line.
std::vector<std::string> quoted_ids(std::span<const std::string> words);

}  // namespace gateway::journal
