#pragma once
// The settings a dialogue may change: the few keys of postern.toml that a session goes by.

#include <string_view>

#include "gateway/smtp/session.h"
#include "tests/support/dialogue.h"

namespace support {

bool is_dialogue_key(std::string_view key);
// [policy] and [delivery]: only the real desk goes by them, and checks them.
bool is_desk_key(std::string_view key);

// Throws std::invalid_argument, "file:line: …", when a value does not fit its key.
void configure(gateway::smtp::SessionSettings& settings, const Dialogue& dialogue);

}  // namespace support
