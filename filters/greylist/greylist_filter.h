#pragma once
// Has a stranger come again, as mail servers do and most others do not?

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::greylist {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_greylist(const Options& options);

}  // namespace filters::greylist
