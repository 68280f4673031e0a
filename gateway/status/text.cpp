#include "gateway/status/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gateway::status {
namespace {

constexpr std::size_t kLongest = 1000;  // octets of a value

std::string joined(const std::vector<std::string>& texts) {
  return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ", "));
}

bool is_failure(DnsStatus status) {
  DnsAnswer answer;
  answer.status = status;
  return answer.failed();
}

// "12 ms", "1.3 s"
std::string wait_text(double seconds) {
  return seconds < 1 ? fmt::format("{:.0f} ms", std::ceil(seconds * 1000)) : fmt::format("{:.1f} s", seconds);
}

std::string told(const StoreStatus& store, Time now) {
  if (!store.readable) return "cannot be read";
  if (store.count == 0) return "none";
  return fmt::format("{}, {}, the oldest {} old", store.count, size_text(store.octets),
                     age(now - *store.oldest));
}

}  // namespace

std::string size_text(std::uint64_t octets) {
  if (octets < 1'000'000) return fmt::format("{} kB", octets / 1000);
  if (octets < 1'000'000'000) return fmt::format("{:.1f} MB", static_cast<double>(octets) / 1e6);
  return fmt::format("{:.1f} GB", static_cast<double>(octets) / 1e9);
}

// "3 d 4 h", "4 h 5 min"
std::string age(std::chrono::seconds time) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(time).count();
  if (minutes >= 1440) return fmt::format("{} d {} h", minutes / 1440, minutes % 1440 / 60);
  return minutes >= 60 ? fmt::format("{} h {} min", minutes / 60, minutes % 60)
                       : fmt::format("{} min", minutes);
}

std::string told(const dns::ResolverCounts& dns) {
  metrics::Durations all;
  std::string failures;
  for (std::size_t i = 0; i < dns.answers.size(); ++i) {
    all.add(dns.answers[i]);
    if (is_failure(static_cast<DnsStatus>(i)) && dns.answers[i].count() > 0)
      failures += fmt::format("{}{} {}", failures.empty() ? "" : ", ", dns.answers[i].count(),
                              name(static_cast<DnsStatus>(i)));
  }
  std::string text = fmt::format("{} answers from outside", all.count());
  if (all.count() > 0)
    text += fmt::format(" (half within {}, 99 % within {})", wait_text(*all.quantile(0.5)),
                        wait_text(*all.quantile(0.99)));
  return text +
         fmt::format(", {}; {} from memory", failures.empty() ? "no trouble" : failures, dns.remembered);
}

std::string told(const ListFileStatus& list, Time now) {
  std::string text =
      fmt::format("{} entries, taken {} ago, {}", list.entries, age(now - list.taken), list.file);
  if (list.alerted)
    text += fmt::format("; {}not taken {} ago: {}", *list.alerted >= list.taken ? "NOW OUT OF DATE, " : "",
                        age(now - *list.alerted), list.alert);
  return text;
}

std::string told(const CertificateStatus& certificate) {
  if (!certificate.trouble.empty()) return certificate.file + ": " + certificate.trouble;
  return fmt::format("{} days left: {} ({})", certificate.days_left, joined(certificate.names),
                     certificate.file);
}

std::string told(const MailstoreServer& server) {
  if (!server.answers) return server.server + " (not asked yet)";
  std::string text = fmt::format("{} ({}, {} ago", server.server,
                                 *server.answers ? "answers" : "DOES NOT ANSWER", age(server.ago));
  const delivery::PoolCounts& pool = server.connections;
  if (pool.busy + pool.idle + pool.waiting > 0)
    text += fmt::format(", {} busy and {} idle of {} connections{}", pool.busy, pool.idle, pool.most,
                        pool.waiting > 0 ? fmt::format(", {} messages wait for one", pool.waiting) : "");
  return text + ")";
}

std::string first_line(const Status& status, const std::vector<Finding>& findings) {
  const Level level = level_of(findings);
  std::string what = findings.empty()
                         ? fmt::format("{} connections, {} waiting, {} in quarantine", status.connections,
                                       status.waiting.count, status.quarantine.count)
                         : findings.front().what;
  if (findings.size() > 1) what += fmt::format(" (and {} more)", findings.size() - 1);
  what = printable(what, kLongest);
  std::ranges::replace(what, '|', '/');  // what follows it is for the monitor
  std::string line =
      fmt::format("POSTERN {} - {}|connections={};;;0;{} waiting={} quarantine={} quarantine_size={}B",
                  name(level), what, status.connections, status.most_connections, status.waiting.count,
                  status.quarantine.count, status.quarantine.octets);
  for (std::size_t i = 0; i < status.disks.size(); ++i)
    line +=
        fmt::format(" disk{}_free={:.1f}%", i == 0 ? "" : std::to_string(i + 1), status.disks[i].free * 100);
  line += fmt::format(" journal_lost={}c", status.journal.dropped + status.journal.failed);
  if (status.index)
    line += fmt::format(" index_lag={:.1f}s", std::chrono::duration<double>(status.index->lag).count());
  return line + fmt::format(" memory={}B", status.memory);
}

std::vector<std::pair<std::string, std::string>> lines(const Status& status) {
  std::vector<std::pair<std::string, std::string>> all;
  const auto add = [&](std::string name, const std::string& value) {
    all.emplace_back(std::move(name), printable(value, kLongest));
  };
  add("gateway",
      fmt::format("{}, version {}, mode {}, up for {}, {} of memory", status.hostname, status.version,
                  status.mode, age(status.now - status.started), size_text(status.memory)));
  for (const ListenerStatus& one : status.listeners)
    add("listener " + one.address, fmt::format("{} sessions, {} since the start", one.open, one.taken));
  add("connections", fmt::format("{} of at most {}", status.connections, status.most_connections));
  for (const MailstoreStatus& one : status.mailstores) {
    std::vector<std::string> servers;
    for (const MailstoreServer& server : one.servers) servers.push_back(told(server));
    add("mailstore " + one.name, one.servers.empty() ? one.protocol : one.protocol + ": " + joined(servers));
  }
  add("dns",
      fmt::format("{}; {}", status.dns_servers.empty() ? "servers of the system" : joined(status.dns_servers),
                  told(status.dns)));
  for (const DnsListStatus& list : status.lists)
    add("dns list " + list.id, list.aside.empty() ? "in order" : "set aside: " + list.aside);
  for (const ListFileStatus& list : status.list_files) add("list " + list.list, told(list, status.now));
  add("waiting", told(status.waiting, status.now));
  add("quarantine", told(status.quarantine, status.now));
  for (const DiskStatus& disk : status.disks)
    add("disk", fmt::format("{:.1f}% free ({}) at {}; limits.min_free is {:.1f}%", disk.free * 100,
                            size_text(disk.octets_free), disk.path, status.min_free * 100));
  add("journal",
      fmt::format("{} records written, {} in the queue, {} dropped, {} failed", status.journal.written,
                  status.journal.queued, status.journal.dropped, status.journal.failed));
  if (status.lost_today.value_or(0) > 0)
    add("gaps today", fmt::format("{} records are missing", *status.lost_today));
  if (status.index)
    add("index", fmt::format("{:.1f} s behind, {}", std::chrono::duration<double>(status.index->lag).count(),
                             size_text(status.index->lag_octets)));
  for (const CertificateStatus& one : status.certificates) add("certificate", told(one));
  add("policy", fmt::format("version {}, {} rules", status.policy_version, status.rules));
  for (const TrialStatus& trial : status.trials)
    add("on trial " + trial.rule,
        trial.today ? fmt::format("would have counted for {} today", *trial.today) : "not counted: no index");
  return all;
}

}  // namespace gateway::status
