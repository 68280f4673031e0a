#pragma once
// Nobody opens, closes or removes an index while another removes one, or makes one in its place: SQLite keeps
// files beside it that it finds, and removes, by their names alone.

#include <filesystem>

#include "gateway/journal/file_lock.h"
#include "gateway/net/descriptor.h"

namespace gateway::journal::index {

class IndexLock {
 public:
  // Of all indexes of this directory, whichever process uses them.  Waits a few seconds at most; where a file
  // system knows no locks, it is none.
  IndexLock(const std::filesystem::path& directory, FileLock::Kind kind);

 private:
  const net::Descriptor directory_;
  const FileLock lock_;
};

}  // namespace gateway::journal::index
