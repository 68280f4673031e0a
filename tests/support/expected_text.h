#pragma once
// Compares a text with the file that holds what is expected; leaves what came out beside the test's other
// temporary files, so that a wanted change can be looked at and taken over.

#include <filesystem>
#include <string>

namespace support {

void expect_text(const std::string& actual, const std::filesystem::path& expected, const std::string& name);

}  // namespace support
