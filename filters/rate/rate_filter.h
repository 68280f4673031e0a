#pragma once
// How much a client's network and a sender's domain have sent within an hour, and how many recipients the
// client named in vain.

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::rate {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_rate(const Options& options);

}  // namespace filters::rate
