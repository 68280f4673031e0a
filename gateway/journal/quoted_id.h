#pragma once
// Transaction ids out of what people paste: "[4f7k2m9qx0tb]", or the whole reply that ends in one.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/vocabulary.h"

namespace gateway::journal {

// What may be one, in the canonical form; first what follows the word "id", then the last first, since
// replies end in them.  No id twice.  Of a pasted bounce as quoted-printable has it, too, with an id broken
// by a "=" at the end of a line.
std::vector<std::string> quoted_ids(std::span<const std::string> words);

// The one that each of these words names, in their order: where something is to be done to several, a
// mistyped one must not leave the others alone in it.  The error is a sentence about the first word that
// names none.
Result<std::vector<std::string>> named_ids(std::span<const std::string> words);

}  // namespace gateway::journal
