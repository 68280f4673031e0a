#pragma once
// Pieces of the status that are found by looking: at disks, files, and what was noted of servers.  They
// block.

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/delivery/server_book.h"
#include "gateway/settings/settings.h"
#include "gateway/status/status.h"

namespace gateway::status {

std::uint64_t resident_memory();  // octets; 0: not known
std::vector<MailstoreStatus> mailstores_of(const settings::Settings& settings, delivery::ServerBook& book);
// One of each disk; what cannot be looked at is left out.
std::vector<DiskStatus> disks_of(const std::vector<std::filesystem::path>& paths);
// Those configured, or the self-made one; none where no listener offers TLS.
std::vector<CertificateStatus> certificates_of(const settings::Settings& settings);
// What rules on trial would have done since midnight (UTC); reads the indexes alone.
std::vector<TrialStatus> trials_today(const std::filesystem::path& directory,
                                      const std::vector<std::string>& rules, Time now);

}  // namespace gateway::status
