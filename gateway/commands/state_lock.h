#pragma once
// The state directory belongs to one gateway at a time.

#include <memory>

#include "gateway/net/descriptor.h"
#include "gateway/settings/settings.h"

namespace gateway::commands {

class StateLock {
 public:
  // Makes the directory where there is none, and keeps it until the end of this object.  Blocks.
  static Result<std::unique_ptr<StateLock>> take(const settings::Path& state);

 private:
  net::Descriptor file_;
};

}  // namespace gateway::commands
