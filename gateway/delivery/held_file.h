#pragma once
// The file of one held message: magic, length and SHA-256 of the record, the record (JSON), the message.
// What does not fit exactly (cut short, foreign, altered) is not read as a message.

#include <cstdint>
#include <filesystem>
#include <string>

#include "gateway/delivery/held_store.h"

namespace gateway::delivery {

// Everything before the message.  An error when it could not be read back.
Result<std::string> held_file_head(const HeldMessage& message);

// The record alone: the parcel without header and octets.  Opens no more than it closes, for scans.
Result<HeldMessage> read_held_record(const std::filesystem::path& path);

// The whole; the body stays on the file, which is kept open as long as the octets are.
Result<HeldMessage> read_held_file(const std::filesystem::path& path);

}  // namespace gateway::delivery
