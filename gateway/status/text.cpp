// The status as people, monitors and programs read it.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "gateway/journal/json_parts.h"
#include "gateway/journal/json_writer.h"
#include "gateway/journal/local_time.h"
#include "gateway/status/status.h"

namespace gateway::status {
namespace {

using journal::JsonWriter;

constexpr std::size_t kLongest = 1000;  // octets of a value

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

std::string joined(const std::vector<std::string>& texts) {
  return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ", "));
}

std::uint64_t failures(const dns::ResolverCounts& dns) {
  std::uint64_t all = 0;
  for (const DnsStatus status :
       {DnsStatus::timeout, DnsStatus::servfail, DnsStatus::refused, DnsStatus::bogus})
    all += dns.answers[static_cast<std::size_t>(status)];
  return all;
}

std::uint64_t answers(const dns::ResolverCounts& dns) {
  return std::accumulate(dns.answers.begin(), dns.answers.end(), std::uint64_t{0});
}

std::string told(const StoreStatus& store, Time now) {
  if (store.count == 0) return "none";
  return fmt::format("{}, {}, the oldest {} old", store.count, size_text(store.octets),
                     age(now - *store.oldest));
}

std::string told(const MailstoreServer& server) {
  if (!server.answers) return server.server + " (not asked yet)";
  return fmt::format("{} ({}, {} ago)", server.server, *server.answers ? "answers" : "DOES NOT ANSWER",
                     age(server.ago));
}

void write_store(JsonWriter& json, const StoreStatus& store) {
  json.begin_object();
  json.key("count").integer(static_cast<std::int64_t>(store.count));
  json.key("octets").integer(static_cast<std::int64_t>(store.octets));
  json.key("oldest");
  if (store.oldest)
    journal::write(json, *store.oldest);
  else
    json.null();
  json.end_object();
}

void write_mailstores(JsonWriter& json, const Status& status) {
  json.key("mailstores").begin_array();
  for (const MailstoreStatus& one : status.mailstores) {
    json.begin_object();
    json.key("name").text(one.name);
    json.key("protocol").text(one.protocol);
    json.key("servers").begin_array();
    for (const MailstoreServer& server : one.servers) {
      json.begin_object();
      json.key("server").text(server.server);
      json.key("answers");
      server.answers ? json.boolean(*server.answers) : json.null();
      json.key("seconds_ago").integer(server.ago.count());
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

void write_lists(JsonWriter& json, const Status& status) {
  json.key("dns_lists").begin_array();
  for (const DnsListStatus& list : status.lists) {
    json.begin_object();
    json.key("id").text(list.id);
    json.key("set_aside").text(list.aside);
    json.end_object();
  }
  json.end_array();
  json.key("list_files").begin_array();
  for (const ListFileStatus& list : status.list_files) {
    json.begin_object();
    json.key("list").text(list.list);
    json.key("file").text(list.file);
    json.key("entries").integer(static_cast<std::int64_t>(list.entries));
    json.end_object();
  }
  json.end_array();
}

void write_disks_and_certificates(JsonWriter& json, const Status& status) {
  json.key("disks").begin_array();
  for (const DiskStatus& disk : status.disks) {
    json.begin_object();
    json.key("path").text(disk.path);
    json.key("free").number(disk.free);
    json.key("octets_free").integer(static_cast<std::int64_t>(disk.octets_free));
    json.end_object();
  }
  json.end_array();
  json.key("min_free").number(status.min_free);
  json.key("certificates").begin_array();
  for (const CertificateStatus& one : status.certificates) {
    json.begin_object();
    json.key("file").text(one.file);
    json.key("names");
    journal::write(json, one.names);
    json.key("days_left").integer(one.days_left);
    json.key("trouble").text(one.trouble);
    json.end_object();
  }
  json.end_array();
}

void write_journal(JsonWriter& json, const Status& status) {
  json.key("journal").begin_object();
  json.key("written").integer(static_cast<std::int64_t>(status.journal.written));
  json.key("dropped").integer(static_cast<std::int64_t>(status.journal.dropped));
  json.key("failed").integer(static_cast<std::int64_t>(status.journal.failed));
  json.key("queued").integer(static_cast<std::int64_t>(status.journal.queued));
  json.key("gap").integer(static_cast<std::int64_t>(status.journal.untold));
  json.end_object();
  json.key("index");
  if (!status.index) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("lag_seconds").number(std::chrono::duration<double>(status.index->lag).count());
  json.key("lag_octets").integer(static_cast<std::int64_t>(status.index->lag_octets));
  json.key("trouble").text(status.index->trouble);
  json.end_object();
}

}  // namespace

StoreStatus store_in(const std::filesystem::path& directory) {
  StoreStatus store;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    struct stat file {};
    if (at->path().extension() != ".held" || ::lstat(at->path().c_str(), &file) != 0) continue;
    const Time since{std::chrono::seconds(file.st_mtime)};
    ++store.count;
    store.octets += static_cast<std::uint64_t>(file.st_size);
    store.oldest = std::min(store.oldest.value_or(since), since);
  }
  return store;
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
  add("listeners", joined(status.listeners));
  add("connections", fmt::format("{} of at most {}", status.connections, status.most_connections));
  for (const MailstoreStatus& one : status.mailstores) {
    std::vector<std::string> servers;
    for (const MailstoreServer& server : one.servers) servers.push_back(told(server));
    add("mailstore " + one.name, one.servers.empty() ? one.protocol : one.protocol + ": " + joined(servers));
  }
  add("dns", fmt::format("{}; {} answers from outside, {} of them failures, {} from memory",
                         status.dns_servers.empty() ? "servers of the system" : joined(status.dns_servers),
                         answers(status.dns), failures(status.dns), status.dns.remembered));
  for (const DnsListStatus& list : status.lists)
    add("dns list " + list.id, list.aside.empty() ? "in order" : "set aside: " + list.aside);
  for (const ListFileStatus& list : status.list_files)
    add("list " + list.list, fmt::format("{} entries, {}", list.entries, list.file));
  add("waiting", told(status.waiting, status.now));
  add("quarantine", told(status.quarantine, status.now));
  for (const DiskStatus& disk : status.disks)
    add("disk", fmt::format("{:.1f}% free ({}) at {}; limits.min_free is {:.1f}%", disk.free * 100,
                            size_text(disk.octets_free), disk.path, status.min_free * 100));
  add("journal",
      fmt::format("{} records written, {} in the queue, {} dropped, {} failed", status.journal.written,
                  status.journal.queued, status.journal.dropped, status.journal.failed));
  if (status.index)
    add("index", fmt::format("{:.1f} s behind, {}", std::chrono::duration<double>(status.index->lag).count(),
                             size_text(status.index->lag_octets)));
  for (const CertificateStatus& one : status.certificates)
    add("certificate", one.trouble.empty()
                           ? fmt::format("{} days left: {} ({})", one.days_left, joined(one.names), one.file)
                           : one.file + ": " + one.trouble);
  add("policy", fmt::format("version {}, {} rules", status.policy_version, status.rules));
  for (const TrialStatus& trial : status.trials)
    add("on trial " + trial.rule,
        trial.today ? fmt::format("would have counted for {} today", *trial.today) : "not counted: no index");
  return all;
}

std::string to_json(const Status& status, const std::vector<Finding>& findings) {
  JsonWriter json;
  json.begin_object();
  json.key("level").text(name(level_of(findings)));
  json.key("findings").begin_array();
  for (const Finding& one : findings) {
    json.begin_object();
    json.key("level").text(name(one.level));
    json.key("what").text(one.what);
    json.end_object();
  }
  json.end_array();
  json.key("version").text(status.version);
  json.key("host").text(status.hostname);
  json.key("mode").text(status.mode);
  json.key("time");
  journal::write(json, status.now);
  json.key("started");
  journal::write(json, status.started);
  json.key("memory").integer(static_cast<std::int64_t>(status.memory));
  json.key("listeners");
  journal::write(json, status.listeners);
  json.key("connections").integer(status.connections);
  json.key("most_connections").integer(status.most_connections);
  write_mailstores(json, status);
  json.key("dns").begin_object();
  json.key("servers");
  journal::write(json, status.dns_servers);
  json.key("answers").integer(static_cast<std::int64_t>(answers(status.dns)));
  json.key("failures").integer(static_cast<std::int64_t>(failures(status.dns)));
  json.key("remembered").integer(static_cast<std::int64_t>(status.dns.remembered));
  json.end_object();
  write_lists(json, status);
  json.key("waiting");
  write_store(json, status.waiting);
  json.key("quarantine");
  write_store(json, status.quarantine);
  write_disks_and_certificates(json, status);
  write_journal(json, status);
  json.key("policy").begin_object();
  json.key("version").text(status.policy_version);
  json.key("rules").integer(static_cast<std::int64_t>(status.rules));
  json.key("trials").begin_array();
  for (const TrialStatus& trial : status.trials) {
    json.begin_object();
    json.key("rule").text(trial.rule);
    json.key("today");
    trial.today ? json.integer(static_cast<std::int64_t>(*trial.today)) : json.null();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  json.end_object();
  return json.str();
}

}  // namespace gateway::status
