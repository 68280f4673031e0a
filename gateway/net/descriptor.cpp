#include "gateway/net/descriptor.h"

#include <unistd.h>

namespace gateway::net {

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

}  // namespace gateway::net
