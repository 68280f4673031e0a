#pragma once
// Time as people here read a clock.

#include <string>

#include "gateway/vocabulary.h"

namespace gateway::journal {

std::string local_time(Time when);  // "2026-11-25 09:30:00 +0100"
// As short as it is plain on that day: "09:30:00", "11-25 09:30", "2025-11-25".
std::string brief_local_time(Time when, Time now);
std::string short_local_time(Time when);  // "11-25 09:30:00 +0100"

}  // namespace gateway::journal
