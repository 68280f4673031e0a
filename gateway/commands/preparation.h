#pragma once
// What the gateway needs of the disk before it takes mail.

#include <memory>

#include "gateway/net/tls.h"
#include "gateway/settings/settings.h"

namespace gateway::commands {

// The certificates configured, or one made for that; null where neither a listener nor the review pages speak
// TLS.  Blocks.
Result<std::shared_ptr<const net::TlsServer>> load_tls(const settings::Settings& settings);

// What cannot be written is told now, not with the first record.  Blocks.
Result<void> prepare_journal(const settings::Path& directory);

}  // namespace gateway::commands
