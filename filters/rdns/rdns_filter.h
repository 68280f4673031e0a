#pragma once
// Forward-confirmed reverse DNS: the name of the client's address that has that address.  RFC 8601 §2.7.3

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::rdns {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_rdns(const Options& options);

}  // namespace filters::rdns
