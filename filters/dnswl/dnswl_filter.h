#pragma once
// Lists of good addresses, asked for the client.  RFC 5782, RFC 8904

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::dnswl {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_dnswl(const Options& options);

}  // namespace filters::dnswl
