#include "gateway/status/gather.h"

#include <exception>

#include "gateway/journal/index/search.h"
#include "gateway/journal/index/summary.h"
#include "gateway/status/look.h"

namespace gateway::status {
namespace {

namespace index = journal::index;

constexpr std::uint64_t kQuick = 64 << 20;  // octets of lines without an index that are read for it

std::vector<ListenerStatus> listeners_of(const Sources& sources) {
  std::vector<ListenerStatus> all;
  for (const ListenerSource& one : sources.listeners)
    all.push_back({one.address, one.sessions->open.load(std::memory_order_relaxed),
                   one.sessions->taken.load(std::memory_order_relaxed)});
  return all;
}

std::vector<ListFileStatus> list_files_of(const Sources& sources) {
  std::vector<ListFileStatus> all;
  for (const policy::ListFileState& list : sources.in_force.policy->list_files()) {
    const list_files::News::Item news = sources.list_files.of(list.list);
    all.push_back({list.list, list.file.string(), list.entries, news.taken, news.alerted, news.alert});
  }
  return all;
}

}  // namespace

Status gather(const Sources& sources) {
  const settings::Settings& settings = *sources.in_force.settings;
  const policy::Policy& policy = *sources.in_force.policy;
  Status now;
  now.version = POSTERN_VERSION;
  now.hostname = settings.hostname;
  now.mode = name(settings.mode);
  now.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  now.started = sources.started;
  now.memory = resident_memory();
  now.message_memory = sources.memory.taken();
  now.listeners = listeners_of(sources);
  now.connections = sources.connections.now();
  now.most_connections = settings.limits.connections;
  now.mailstores = mailstores_of(settings, sources.servers, sources.in_force.delivery.get());
  now.dns_servers = settings.dns_servers;
  now.dns = sources.resolver.counts();
  for (auto& [id, why] : sources.lists.states()) now.lists.push_back({id, why});
  now.list_files = list_files_of(sources);
  now.waiting = store_in(sources.waiting);
  now.quarantine = store_in(sources.quarantine);
  now.quarantine_most = settings.quarantine_max_size;
  now.min_free = sources.start.limits.min_free;
  now.disks = disks_of({sources.start.state, sources.start.journal_directory});
  now.journal = sources.journal.counts();
  if (sources.index) now.index = sources.index->state();
  now.certificates = certificates_of(settings);
  now.policy_version = policy.version();
  now.rules = policy.rule_ids().size();
  for (const policy::RuleInfo& rule : policy.rules())
    if (rule.trial && !rule.ended && rule.off.empty()) now.trials.push_back({rule.id});
  return now;
}

void count_today(Status& status, const std::filesystem::path& journal) try {
  const Time midnight = std::chrono::floor<std::chrono::days>(status.now);
  auto search = index::Search::in(journal);
  if (!search || search->octets_without_index(midnight, status.now) > kQuick) return;
  const auto counted = [&](index::Counted what) {
    return index::ranking(search->by_hour(what, midnight, status.now), what);
  };
  status.lost_today = index::total(counted(index::Counted::lost));
  if (status.trials.empty()) return;
  const index::Ranking trials = counted(index::Counted::trial);
  for (TrialStatus& trial : status.trials) trial.today = index::count_of(trials, trial.rule);
} catch (const std::exception&) {
  // an index that cannot be read is told by the journal itself
}

}  // namespace gateway::status
