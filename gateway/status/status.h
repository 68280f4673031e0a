#pragma once
// How the gateway is, for `postern status`: what was gathered, and what of it needs somebody's attention.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gateway/dns/resolver.h"
#include "gateway/journal/index/indexer.h"
#include "gateway/journal/journal.h"
#include "gateway/vocabulary.h"

namespace gateway::status {

struct MailstoreServer {
  std::string server;
  std::optional<bool> answers;  // the last time it was asked; nothing: it was not
  std::chrono::seconds ago{0};  // how long ago that was
};

struct MailstoreStatus {
  std::string name;
  std::string protocol;
  std::vector<MailstoreServer> servers;  // none: it is no server (maildir, discard)
};

struct DnsListStatus {
  std::string id;
  std::string aside;  // why it is set aside; empty: it is asked
};

struct ListFileStatus {
  std::string list;
  std::string file;
  std::size_t entries = 0;
};

struct StoreStatus {  // a directory of held messages
  std::uint64_t count = 0;
  std::uint64_t octets = 0;
  std::optional<Time> oldest;
};

struct DiskStatus {
  std::string path;
  double free = 0;  // share
  std::uint64_t octets_free = 0;
};

struct CertificateStatus {
  std::string file;
  std::vector<std::string> names;
  std::int64_t days_left = 0;
  std::string trouble;  // it cannot be read
};

struct TrialStatus {
  std::string rule;
  std::optional<std::uint64_t> today;  // messages it would have counted for; nothing: not known quickly
};

struct Status {
  std::string version;
  std::string hostname;
  std::string mode;
  Time now{};
  Time started{};
  std::uint64_t memory = 0;  // octets that are resident
  std::vector<std::string> listeners;
  unsigned connections = 0;
  unsigned most_connections = 0;
  std::vector<MailstoreStatus> mailstores;
  std::vector<std::string> dns_servers;
  dns::ResolverCounts dns;
  std::vector<DnsListStatus> lists;
  std::vector<ListFileStatus> list_files;
  StoreStatus waiting;                // for their mailstore
  StoreStatus quarantine;             // for a person
  std::uint64_t quarantine_most = 0;  // octets
  double min_free = 0;
  std::vector<DiskStatus> disks;
  journal::Journal::Counts journal;
  std::optional<journal::index::Indexer::State> index;
  std::vector<CertificateStatus> certificates;
  std::string policy_version;
  std::size_t rules = 0;
  std::vector<TrialStatus> trials;
};

enum class Level { ok = 0, warning = 1, critical = 2, unknown = 3 };  // as the exit status
std::string_view name(Level level);                                   // "WARNING"

struct Finding {
  Level level;
  std::string what;  // a sentence; may hold octets from outside
};

// What needs attention, the worst first.  The thresholds are in docs/manual/status.md.
std::vector<Finding> judge(const Status& status);
Level level_of(const std::vector<Finding>& findings);

// "POSTERN WARNING - …|connections=3;;;0;10000 …", as monitoring plugins print it; printable.
std::string first_line(const Status& status, const std::vector<Finding>& findings);
// Names and values for people; printable.
std::vector<std::pair<std::string, std::string>> lines(const Status& status);
std::string to_json(const Status& status, const std::vector<Finding>& findings);

// Of a directory of held messages: names and sizes alone.  Blocks.
StoreStatus store_in(const std::filesystem::path& directory);

}  // namespace gateway::status
