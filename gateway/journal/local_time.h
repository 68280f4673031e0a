#pragma once
// A time for people.

#include <string>

#include "gateway/vocabulary.h"

namespace gateway::journal {

// As people here read a clock, with its offset: "2026-06-01 14:00:00 +0200".
std::string local_time(Time when);

}  // namespace gateway::journal
