#pragma once
// How much a recipient has been sent within an hour.

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::rate {

std::span<const FactSpec> rcpt_facts();
std::unique_ptr<Filter> make_rcpt_rate(const Options& options);

}  // namespace filters::rate
