#pragma once
// Does an aligned identity vouch for the author domain?  RFC 9989

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::dmarc {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_dmarc(const Options& options);

}  // namespace filters::dmarc
