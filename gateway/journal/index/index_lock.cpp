#include "gateway/journal/index/index_lock.h"

#include <fcntl.h>

namespace gateway::journal::index {
namespace {

constexpr std::chrono::seconds kPatience{5};  // it is held for some milliseconds

}  // namespace

IndexLock::IndexLock(const std::filesystem::path& directory, FileLock::Kind kind)
    : directory_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      lock_(directory_.get(), kind, kPatience) {}

}  // namespace gateway::journal::index
