#pragma once
// Pieces of the status that are found by looking: at disks, files, and what was noted of servers.  They
// block.

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/delivery/deliver_or_hold.h"
#include "gateway/delivery/server_book.h"
#include "gateway/settings/settings.h"
#include "gateway/status/status.h"

namespace gateway::status {

std::uint64_t resident_memory();  // octets; 0: not known
// `handler`: whose pools they are; null: none.
std::vector<MailstoreStatus> mailstores_of(const settings::Settings& settings, delivery::ServerBook& book,
                                           const delivery::Handler* handler);
// Of a directory of held messages: names and sizes alone.
StoreStatus store_in(const std::filesystem::path& directory);
// One of each disk; what cannot be looked at is left out.
std::vector<DiskStatus> disks_of(const std::vector<std::filesystem::path>& paths);
// Those configured, or the self-made one; none where neither a listener nor the
// review pages speak TLS.
std::vector<CertificateStatus> certificates_of(const settings::Settings& settings);

}  // namespace gateway::status
