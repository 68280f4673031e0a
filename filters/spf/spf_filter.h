#pragma once
// May this client send for the HELO name and the envelope sender?  RFC 7208

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::spf {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_spf(const Options& options);

}  // namespace filters::spf
