#pragma once
// Lists of bad addresses, asked for the client.  RFC 5782

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::dnsbl {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_dnsbl(const Options& options);

}  // namespace filters::dnsbl
