#pragma once
// The options of `postern log` as a query.

#include "gateway/commands/log.h"
#include "gateway/journal/index/query.h"
#include "gateway/vocabulary.h"

namespace gateway::commands {

// The error names the option and says what was expected.
Result<journal::index::Query> log_query(const LogOptions& options, Time now);

}  // namespace gateway::commands
