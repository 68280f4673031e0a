#pragma once
// Signatures over the message.  RFC 6376, 8301, 8463

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::dkim {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_dkim(const Options& options);

}  // namespace filters::dkim
