#pragma once
// What the client calls itself: is it a name at all, does it exist, and is it ours.  RFC 5321 §4.1.1.1

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::helo {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_helo(const Options& options);

}  // namespace filters::helo
