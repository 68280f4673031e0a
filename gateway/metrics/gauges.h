#pragma once
// How the gateway is at this moment, for /metrics.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "gateway/dns/resolver.h"
#include "gateway/journal/index/indexer.h"
#include "gateway/journal/journal.h"
#include "gateway/metrics/exposition.h"
#include "gateway/vocabulary.h"

namespace gateway::metrics {

struct Gauges {
  std::string_view version;
  std::string_view policy_version;
  Time started{};
  unsigned connections = 0;
  std::uint64_t message_memory = 0;  // octets
  journal::Journal::Counts journal;
  std::optional<journal::index::Indexer::State> index;  // nothing: there is no index
  dns::ResolverCounts dns;
  std::shared_ptr<const policy::List> lists_set_aside;  // null: none
  std::filesystem::path state;                          // on the disk whose room is told
  std::filesystem::path retry;                          // directories, a file for each message
  std::filesystem::path quarantine;
};

// How many entries a directory has; nothing: it cannot be read.
std::optional<std::uint64_t> files_in(const std::filesystem::path& directory);

// Looks at the disk.
void tell(const Gauges& gauges, Exposition& text);

}  // namespace gateway::metrics
