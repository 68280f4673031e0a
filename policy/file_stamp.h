#pragma once
// Tells whether a file is still the one that was read.

#include <cstdint>
#include <filesystem>

#include "policy/facts/result.h"

namespace policy {

// Of stat(2), times in nanoseconds.  The time of the last change of its owner or mode counts, too: they
// decide whether it can be read.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;
  std::int64_t changed = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

Result<FileStamp> stamp_of(const std::filesystem::path& file);
Result<FileStamp> stamp_of(int descriptor);

}  // namespace policy
