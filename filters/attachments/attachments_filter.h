#pragma once
// What is attached to a message: types by name and by content, looked for in archives and nested messages,
// too.

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::attachments {

std::span<const FactSpec> facts();
std::unique_ptr<Filter> make_attachments(const Options& options);

}  // namespace filters::attachments
