#pragma once
// What somebody did to a held message, in one line for people.

#include <string>

#include "gateway/journal/index/row.h"

namespace gateway::journal {

// "2026-11-26 12:30:00 +0100  released by alice: erika@example.com 250 2.0.0 Ok".  To be made printable.
std::string tell_audit(const index::Row& row);

}  // namespace gateway::journal
