#pragma once
// The record of one id.

#include <optional>
#include <string>

#include "gateway/journal/index/search.h"

namespace gateway::journal::index {

// Of a transaction, or of a connection without one; `id` is canonical.
std::optional<std::string> find_record(Search& search, const std::string& id);

}  // namespace gateway::journal::index
