#pragma once
// What came of the copies of a held message, in the words of its audit record.

#include <string>
#include <string_view>
#include <vector>

#include "gateway/delivery/mailstore.h"
#include "gateway/journal/note.h"

namespace gateway::held {

inline constexpr std::string_view kGone =
    "it is not there any more: somebody else has released or deleted it meanwhile";
inline constexpr std::string_view kSettledNow =
    "nobody waited for it any more: its copies had been delivered before, and now its file is removed";

// What the mailstore said, recipient by recipient.
void note_report(const std::vector<smtp::Recipient>& recipients, const delivery::DeliveryReport& report,
                 journal::Audit& audit);
// Of what was said: "done" only where the mailstore took all of it.
void conclude(journal::Audit& audit);
// The disk did not take what was done.  As long as the gateway runs nothing goes out twice all the same.
void note_trouble(const std::string& trouble, journal::Audit& audit);

}  // namespace gateway::held
