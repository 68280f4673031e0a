#pragma once
// What a transaction came to in few words, the same in all printouts of an entry.

#include <optional>
#include <string>
#include <string_view>

#include "gateway/journal/entry.h"

namespace gateway::journal {

struct Conclusion {
  std::string action;  // a Disposition; "open" when nothing was decided
  std::string rule;
  std::string reply;  // as said, or as the verdict would say it; empty for an acceptance nobody was told of
};

Conclusion conclusion(const Entry& entry);
Conclusion conclusion(const RecipientEntry& recipient);
Conclusion conclusion(const policy::Verdict& verdict, const std::string& reply);  // of the rules alone

// The outcome to show for a method: the fact of that name, else the best evidence of the method (and
// property, unless empty); nullopt when nothing was found.
std::optional<Outcome> shown_outcome(const Entry& entry, std::string_view fact, std::string_view method,
                                     std::string_view property = {});

}  // namespace gateway::journal
