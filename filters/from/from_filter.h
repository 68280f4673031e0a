#pragma once
// Who claims to have written the message: a strict reading of the From field.  RFC 5322 §3.6.2

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::from {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_from(const Options& options);

}  // namespace filters::from
