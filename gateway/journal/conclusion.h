#pragma once
// What a transaction came to in few words, the same in all printouts of an entry.

#include <optional>
#include <string>
#include <string_view>

#include "gateway/journal/entry.h"

namespace gateway::journal {

// Refers to the entry or the verdict it was made of.
struct Conclusion {
  std::string_view action;  // a Disposition; "open" when nothing was decided
  std::string_view rule;
  std::string_view said;  // the reply
  std::string would_say;  // what it would be by the verdict, where none was said

  // Empty for an acceptance nobody was told of.
  std::string_view reply() const { return said.empty() ? would_say : said; }
};

Conclusion conclusion(const Entry& entry);
Conclusion conclusion(const RecipientEntry& recipient);
Conclusion conclusion(const policy::Verdict& verdict, std::string_view reply);  // of the rules alone

// The outcome to show for a method: the fact of that name, else the best evidence of the method (and
// property, unless empty); nullopt when nothing was found.
std::optional<Outcome> shown_outcome(const Entry& entry, std::string_view fact, std::string_view method,
                                     std::string_view property = {});

}  // namespace gateway::journal
