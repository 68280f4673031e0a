#pragma once
// Whether mail to the envelope sender could be delivered: a bounce must have somewhere to go.  RFC 5321 §5.1,
// RFC 7505

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::sender {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_sender(const Options& options);

}  // namespace filters::sender
