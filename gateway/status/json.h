#pragma once
// The status for programs: `postern status --json` and /api/v1/status, the same object.  Its members are
// described in docs/manual/api.md; names stay.

#include <string>

#include "gateway/journal/json_writer.h"
#include "gateway/status/judge.h"

namespace gateway::status {

void write(journal::JsonWriter& json, const Status& status);
std::string to_json(const Status& status);

}  // namespace gateway::status
