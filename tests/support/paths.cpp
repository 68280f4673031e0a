#include "tests/support/paths.h"

namespace support {

std::filesystem::path source_dir() { return POSTERN_SOURCE_DIR; }
std::filesystem::path conformance_dir() { return POSTERN_CONFORMANCE_DIR; }

}  // namespace support
