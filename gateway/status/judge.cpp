#include "gateway/status/judge.h"

#include <fmt/format.h>

#include <algorithm>

namespace gateway::status {
namespace {

constexpr std::int64_t kDaysWarning = 14;  // of a certificate
constexpr std::int64_t kDaysCritical = 3;
constexpr std::chrono::hours kWaiting{1};  // a message, for its mailstore
constexpr std::chrono::hours kWaitingLong{24};
constexpr std::chrono::seconds kIndexLag{60};
constexpr double kQuarantineFull = 0.9;  // of quarantine.max_size
constexpr double kConnectionsFull = 0.9;

class Judge {
 public:
  explicit Judge(const Status& status) : status_(status) {}

  std::vector<Finding> run() {
    mailstores();
    disks();
    held();
    journal();
    certificates();
    for (const DnsListStatus& list : status_.lists)
      if (!list.aside.empty()) warn(fmt::format("list {} is set aside: {}", list.id, list.aside));
    for (const ListFileStatus& list : status_.list_files)
      if (list.alerted && *list.alerted >= list.taken)
        warn(fmt::format("the file of list {} is not taken, what was read before stays: {}", list.list,
                         list.alert));
    const bool full =
        status_.most_connections > 0 && status_.connections >= kConnectionsFull * status_.most_connections;
    if (full)
      warn(fmt::format("{} of {} connections are in use", status_.connections, status_.most_connections));
    std::ranges::stable_sort(findings_, std::greater(), &Finding::level);
    return std::move(findings_);
  }

 private:
  void warn(std::string what) { findings_.push_back({Level::warning, std::move(what)}); }
  void alarm(std::string what) { findings_.push_back({Level::critical, std::move(what)}); }

  void mailstores() {
    for (const MailstoreStatus& one : status_.mailstores) {
      std::size_t silent = 0;
      for (const MailstoreServer& server : one.servers) silent += server.answers == false ? 1 : 0;
      if (silent == 0) continue;
      if (silent == one.servers.size())
        alarm(fmt::format("mailstore {} does not answer", one.name));
      else
        warn(fmt::format("{} of {} servers of mailstore {} do not answer", silent, one.servers.size(),
                         one.name));
    }
  }

  void disks() {
    for (const DiskStatus& disk : status_.disks) {
      if (disk.free < status_.min_free)
        alarm(fmt::format("{:.1f}% of the disk of {} is free, less than limits.min_free: nothing new is held",
                          disk.free * 100, disk.path));
      else if (disk.free < 2 * status_.min_free)
        warn(fmt::format("{:.1f}% of the disk of {} is free", disk.free * 100, disk.path));
    }
  }

  void held() {
    for (const auto& [store, what] : {std::pair(&status_.waiting, "waiting for their mailstore"),
                                      std::pair(&status_.quarantine, "in quarantine")})
      if (!store->readable) alarm(fmt::format("the directory of messages {} cannot be read", what));
    if (status_.waiting.oldest) {
      const auto age = status_.now - *status_.waiting.oldest;
      const std::string what =
          fmt::format("{} messages wait for their mailstore, the oldest for {} h", status_.waiting.count,
                      std::chrono::floor<std::chrono::hours>(age).count());
      if (age >= kWaitingLong)
        alarm(what);
      else if (age >= kWaiting)
        warn(what);
    }
    const double most = static_cast<double>(status_.quarantine_most);
    if (most > 0 && static_cast<double>(status_.quarantine.octets) >= kQuarantineFull * most)
      warn("quarantine is nearly as large as quarantine.max_size: the oldest messages go");
  }

  void journal() {
    if (status_.journal.untold > 0)
      alarm(fmt::format("the journal cannot be written: {} records are missing", status_.journal.untold));
    if (!status_.index) return;
    if (status_.index->lag > kIndexLag)
      warn(fmt::format("the journal's index is {} s behind",
                       std::chrono::floor<std::chrono::seconds>(status_.index->lag).count()));
    if (!status_.index->trouble.empty())
      warn("the journal's index cannot be written: " + status_.index->trouble);
  }

  void certificates() {
    for (const CertificateStatus& one : status_.certificates) {
      if (!one.trouble.empty())
        alarm(fmt::format("certificate {} cannot be read: {}", one.file, one.trouble));
      else if (one.days_left < 0)
        alarm(fmt::format("certificate {} has expired", one.file));
      else if (one.days_left < kDaysCritical)
        alarm(fmt::format("certificate {} expires in {} days", one.file, one.days_left));
      else if (one.days_left < kDaysWarning)
        warn(fmt::format("certificate {} expires in {} days", one.file, one.days_left));
    }
  }

  const Status& status_;
  std::vector<Finding> findings_;
};

}  // namespace

std::string_view name(Level level) {
  switch (level) {
    case Level::ok: return "OK";
    case Level::warning: return "WARNING";
    case Level::critical: return "CRITICAL";
    case Level::unknown: break;
  }
  return "UNKNOWN";
}

std::vector<Finding> judge(const Status& status) { return Judge(status).run(); }

Level level_of(const std::vector<Finding>& findings) {
  return findings.empty() ? Level::ok : findings.front().level;
}

std::vector<std::string> remarks(const Status& status) {
  std::vector<std::string> all;
  if (status.journal.dropped > 0)
    all.push_back(fmt::format(
        "{} records were dropped since the start, because the disk was too slow: the journal has a gap",
        status.journal.dropped));
  if (status.journal.failed > 0)
    all.push_back(
        fmt::format("{} records could not be written since the start: the journal has a gap; see "
                    "event=journal_failed in the log",
                    status.journal.failed));
  if (!status.index) {
    all.emplace_back(
        "the index of the journal is switched off ([journal] index): lines are read instead, which takes "
        "longer");
  } else {
    if (!status.index->trouble.empty())
      all.push_back(fmt::format("the index of the journal cannot be written: {}", status.index->trouble));
    if (status.index->lag > kIndexLag)
      all.push_back(
          fmt::format("the index of the journal is {} s behind: what it lacks is read from the lines",
                      std::chrono::duration_cast<std::chrono::seconds>(status.index->lag).count()));
  }
  return all;
}

}  // namespace gateway::status
