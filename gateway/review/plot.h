#pragma once
// What came of the mail over time, drawn: bars of which each outcome has a part.

#include "gateway/review/overview.h"
#include "gateway/web/html.h"

namespace gateway::review {

// SVG with a title and a description.  A click on a bar lists what it counts.
web::Html plot(const Overview& view, const Period& period);
// The same as a table, for those who cannot see it and for whoever wants numbers.
web::Html plot_table(const Overview& view);

// The least of 1, 2, 5, 10, 20, … that is not below it.
std::uint64_t nice_ceiling(std::uint64_t number);

}  // namespace gateway::review
