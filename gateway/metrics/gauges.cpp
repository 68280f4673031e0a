#include "gateway/metrics/gauges.h"

#include <system_error>

namespace gateway::metrics {
namespace {

using Type = Exposition::Type;

// What cannot be read is left out: a wrong figure is worse than none.
void tell_files(Exposition& text, std::string_view store, const std::filesystem::path& directory) {
  if (const auto files = files_in(directory))
    text.sample("", {{"store", store}}, static_cast<double>(*files));
}

void tell_disk(Exposition& text, const std::filesystem::path& on) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(on, error);
  if (error) return;
  text.family("postern_disk_free_bytes", Type::gauge, "Room on the disk of the state directory.");
  text.sample("", {}, static_cast<double>(space.available));
  text.family("postern_disk_bytes", Type::gauge, "Size of the disk of the state directory.");
  text.sample("", {}, static_cast<double>(space.capacity));
}

void tell_index(Exposition& text, const journal::index::Indexer::State& index) {
  text.family("postern_index_lag_seconds", Type::gauge, "How far the journal's index is behind its lines.");
  text.sample("", {}, std::chrono::duration<double>(index.lag).count());
  text.family("postern_index_lag_bytes", Type::gauge, "Octets of lines that are in no index yet.");
  text.sample("", {}, static_cast<double>(index.lag_octets));
  text.family("postern_index_failures", Type::counter, "Attempts to write an index that failed.");
  text.sample("_total", {}, static_cast<double>(index.failures));
}

}  // namespace

std::optional<std::uint64_t> files_in(const std::filesystem::path& directory) {
  std::error_code error;
  std::uint64_t files = 0;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error))
    ++files;
  return error ? std::nullopt : std::optional(files);
}

void tell(const Gauges& gauges, Exposition& text) {
  text.family("postern", Type::info, "The program and the policy in force.");
  text.sample("_info", {{"version", gauges.version}, {"policy_version", gauges.policy_version}}, 1);
  text.family("postern_start_time_seconds", Type::gauge, "When it started, Unix time.");
  text.sample("", {}, static_cast<double>(gauges.started.time_since_epoch().count()));
  text.family("postern_connections", Type::gauge, "Connections that are open.");
  text.sample("", {}, gauges.connections);
  text.family("postern_message_memory_bytes", Type::gauge, "Memory that messages take which are coming in.");
  text.sample("", {}, static_cast<double>(gauges.message_memory));
  text.family("postern_held_messages", Type::gauge, "Messages on our disk, waiting for a retry or a person.");
  tell_files(text, "retry", gauges.retry);
  tell_files(text, "quarantine", gauges.quarantine);
  tell_disk(text, gauges.state);
  text.family("postern_journal_records", Type::counter, "Records by what became of them.");
  text.sample("_total", {{"fate", "written"}}, static_cast<double>(gauges.journal.written));
  text.sample("_total", {{"fate", "dropped"}}, static_cast<double>(gauges.journal.dropped));
  text.sample("_total", {{"fate", "failed"}}, static_cast<double>(gauges.journal.failed));
  if (gauges.index) tell_index(text, *gauges.index);
  text.family("postern_dns_remembered", Type::counter, "Questions answered by our own memory.");
  text.sample("_total", {}, static_cast<double>(gauges.dns.remembered));
  text.family("postern_dns_answers", Type::counter, "Answers of the DNS, by status.");
  for (std::size_t i = 0; i < gauges.dns.answers.size(); ++i)
    text.sample("_total", {{"status", name(static_cast<DnsStatus>(i))}},
                static_cast<double>(gauges.dns.answers[i]));
  text.family("postern_dns_entries", Type::gauge, "Answers in our own memory.");
  text.sample("", {}, static_cast<double>(gauges.dns.entries));
  text.family("postern_dns_list_set_aside", Type::gauge, "DNS lists that are set aside, and why.");
  if (gauges.lists_set_aside)
    for (const std::string& one : *gauges.lists_set_aside) text.sample("", {{"list", one}}, 1);
}

}  // namespace gateway::metrics
