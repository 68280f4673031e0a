#pragma once
// How the gateway is: what `postern status`, the pages and /metrics tell, gathered in one place (gather.h).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/delivery/pool_counts.h"
#include "gateway/dns/resolver.h"
#include "gateway/journal/index/indexer.h"
#include "gateway/journal/journal.h"
#include "gateway/vocabulary.h"

namespace gateway::status {

struct ListenerStatus {
  std::string address;
  std::uint64_t open = 0;   // sessions now
  std::uint64_t taken = 0;  // sessions since the start
};

struct MailstoreServer {
  std::string server;
  std::optional<bool> answers = {};       // the last time it was asked; nothing: it was not
  std::chrono::seconds ago{0};            // how long ago that was
  delivery::PoolCounts connections = {};  // of our pool to it
};

struct MailstoreStatus {
  std::string name;
  std::string protocol;
  std::vector<MailstoreServer> servers;  // none: it is no server (maildir, discard)
};

struct DnsListStatus {
  std::string id;
  std::string aside = {};  // why it is set aside; empty: it is asked
};

struct ListFileStatus {
  std::string list;
  std::string file;
  std::size_t entries = 0;
  Time taken{};                      // when what is in force was read
  std::optional<Time> alerted = {};  // when it was last found as it cannot be taken; nothing: never
  std::string alert = {};            // why
};

struct StoreStatus {  // a directory of held messages
  std::uint64_t count = 0;
  std::uint64_t octets = 0;
  std::optional<Time> oldest;
  bool readable = true;  // false: nothing is known of it
};

struct DiskStatus {
  std::string path;
  double free = 0;  // share
  std::uint64_t octets_free = 0;
  std::uint64_t octets = 0;  // all
};

struct CertificateStatus {
  std::string file;
  std::vector<std::string> names;
  std::int64_t days_left = 0;
  std::string trouble;  // it cannot be read
  Time ends{};          // notAfter
};

struct TrialStatus {
  std::string rule;
  std::optional<std::uint64_t> today = {};  // messages it would have counted for; nothing: not known quickly
};

struct Status {
  std::string version;
  std::string hostname;
  std::string mode;  // "enforce", "observe", "soft"
  Time now{};
  Time started{};
  std::uint64_t memory = 0;          // octets that are resident
  std::uint64_t message_memory = 0;  // of them, of messages that are coming in
  std::vector<ListenerStatus> listeners;
  unsigned connections = 0;
  unsigned most_connections = 0;
  std::vector<MailstoreStatus> mailstores;
  std::vector<std::string> dns_servers;
  dns::ResolverCounts dns;
  std::vector<DnsListStatus> lists;  // in the DNS, in the order of the configuration
  std::vector<ListFileStatus> list_files;
  StoreStatus waiting;                // for their mailstore
  StoreStatus quarantine;             // for a person
  std::uint64_t quarantine_most = 0;  // octets
  double min_free = 0;
  std::vector<DiskStatus> disks;  // the first is that of the state directory
  journal::Journal::Counts journal;
  std::optional<journal::index::Indexer::State> index;  // nothing: there is none
  std::vector<CertificateStatus> certificates;
  std::string policy_version;
  std::size_t rules = 0;
  std::vector<TrialStatus> trials;  // rules of the policy in force that are on trial
  std::optional<std::uint64_t> lost_today =
      {};  // records that gaps of today lack; nothing: not known quickly
};

}  // namespace gateway::status
