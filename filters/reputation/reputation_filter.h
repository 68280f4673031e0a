#pragma once
// Since when mail of this domain, proven to be its own, has been accepted here.

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::reputation {

// Of the envelope sender's domain, by SPF.
std::span<const FactSpec> sender_facts();
std::unique_ptr<Filter> make_sender(const Options& options);

// Of the author's domain, by DMARC.
std::span<const FactSpec> from_facts();
std::unique_ptr<Filter> make_from(const Options& options);

}  // namespace filters::reputation
