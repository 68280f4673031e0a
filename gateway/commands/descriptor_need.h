#pragma once
// How many descriptors a gateway with these settings needs.

#include "gateway/net/descriptors.h"
#include "gateway/settings/settings.h"

namespace gateway::commands {

// With so many event loops.
net::DescriptorNeed descriptor_need(const settings::Settings& settings, unsigned loops);

}  // namespace gateway::commands
