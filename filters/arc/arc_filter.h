#pragma once
// The chain of seals that forwarders and lists leave.  RFC 8617; verification only

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::arc {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_arc(const Options& options);

}  // namespace filters::arc
