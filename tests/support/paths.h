#pragma once
// Where the checkout and the third-party test vectors are.  Known to one source file, so that the compiled
// tests do not depend on the folder they were built in.

#include <filesystem>

namespace support {

std::filesystem::path source_dir();
std::filesystem::path conformance_dir();  // may be absent: say so and skip

}  // namespace support
