#include "gateway/metrics/gauges.h"

#include "filters/dnsxl/set_aside.h"

namespace gateway::metrics {
namespace {

using Type = Exposition::Type;

double unix_time(Time time) { return static_cast<double>(time.time_since_epoch().count()); }

// What cannot be read is left out: a wrong figure is worse than none.
void tell_store(Exposition& text, std::string_view name, const status::StoreStatus& store) {
  if (store.readable) text.sample("", {{"store", name}}, static_cast<double>(store.count));
}

void tell_connections(const status::Status& status, Exposition& text) {
  text.family("postern_connections", Type::gauge, "Connections that are open.");
  text.sample("", {}, status.connections);
  text.family("postern_listener_sessions", Type::gauge, "Sessions that are open, by listener.");
  for (const status::ListenerStatus& one : status.listeners)
    text.sample("", {{"listener", one.address}}, static_cast<double>(one.open));
  text.family("postern_listener_sessions_taken", Type::counter, "Sessions that were opened, by listener.");
  for (const status::ListenerStatus& one : status.listeners)
    text.sample("_total", {{"listener", one.address}}, static_cast<double>(one.taken));
}

void tell_mailstores(const status::Status& status, Exposition& text) {
  text.family("postern_mailstore_connections", Type::gauge,
              "Connections to the servers of mailstores: busy with a message, or idle.");
  for (const status::MailstoreStatus& one : status.mailstores)
    for (const status::MailstoreServer& server : one.servers)
      for (const auto& [state, count] :
           {std::pair("busy", server.connections.busy), std::pair("idle", server.connections.idle)})
        text.sample("", {{"mailstore", one.name}, {"server", server.server}, {"state", state}}, count);
  text.family("postern_mailstore_waiting", Type::gauge,
              "Messages that wait for a connection, because all are busy.");
  for (const status::MailstoreStatus& one : status.mailstores)
    for (const status::MailstoreServer& server : one.servers)
      text.sample("", {{"mailstore", one.name}, {"server", server.server}}, server.connections.waiting);
}

void tell_disk(const status::Status& status, Exposition& text) {
  text.family("postern_held_messages", Type::gauge, "Messages on our disk, waiting for a retry or a person.");
  tell_store(text, "retry", status.waiting);
  tell_store(text, "quarantine", status.quarantine);
  if (status.disks.empty()) return;
  text.family("postern_disk_free_bytes", Type::gauge, "Room on the disk of the state directory.");
  text.sample("", {}, static_cast<double>(status.disks.front().octets_free));
  text.family("postern_disk_bytes", Type::gauge, "Size of the disk of the state directory.");
  text.sample("", {}, static_cast<double>(status.disks.front().octets));
}

void tell_journal(const status::Status& status, Exposition& text) {
  text.family("postern_journal_records", Type::counter, "Records by what became of them.");
  text.sample("_total", {{"fate", "written"}}, static_cast<double>(status.journal.written));
  text.sample("_total", {{"fate", "dropped"}}, static_cast<double>(status.journal.dropped));
  text.sample("_total", {{"fate", "failed"}}, static_cast<double>(status.journal.failed));
  if (!status.index) return;
  text.family("postern_index_lag_seconds", Type::gauge, "How far the journal's index is behind its lines.");
  text.sample("", {}, std::chrono::duration<double>(status.index->lag).count());
  text.family("postern_index_lag_bytes", Type::gauge, "Octets of lines that are in no index yet.");
  text.sample("", {}, static_cast<double>(status.index->lag_octets));
  text.family("postern_index_failures", Type::counter, "Attempts to write an index that failed.");
  text.sample("_total", {}, static_cast<double>(status.index->failures));
}

void tell_dns(const status::Status& status, Exposition& text) {
  const dns::ResolverCounts& dns = status.dns;
  text.family("postern_dns_remembered", Type::counter, "Questions answered by our own memory.");
  text.sample("_total", {}, static_cast<double>(dns.remembered));
  text.family("postern_dns_answers", Type::counter, "Answers of the DNS, by status.");
  for (std::size_t i = 0; i < dns.answers.size(); ++i)
    text.sample("_total", {{"status", name(static_cast<DnsStatus>(i))}},
                static_cast<double>(dns.answers[i].count()));
  text.family("postern_dns_answer_seconds", Type::histogram,
              "From a question that went out to its answer, or to the end of our patience.");
  for (std::size_t i = 0; i < dns.answers.size(); ++i)
    dns.answers[i].tell(text, "status", name(static_cast<DnsStatus>(i)));
  text.family("postern_dns_entries", Type::gauge, "Answers in our own memory.");
  text.sample("", {}, static_cast<double>(dns.entries));
}

void tell_lists(const status::Status& status, Exposition& text) {
  text.family("postern_dns_list_set_aside", Type::gauge, "DNS lists that are set aside, and why.");
  for (const status::DnsListStatus& one : status.lists)
    if (!one.aside.empty()) text.sample("", {{"list", filters::dnsxl::set_aside_text(one.id, one.aside)}}, 1);
  text.family("postern_list_file_entries", Type::gauge, "Entries of a list file that count.");
  for (const status::ListFileStatus& one : status.list_files)
    text.sample("", {{"list", one.list}}, static_cast<double>(one.entries));
  text.family("postern_list_file_taken_seconds", Type::gauge,
              "When what is in force of a list file was read, Unix time.");
  for (const status::ListFileStatus& one : status.list_files)
    text.sample("", {{"list", one.list}}, unix_time(one.taken));
  text.family("postern_list_file_alerted_seconds", Type::gauge,
              "When a list file was last found and not taken, Unix time; absent: never.");
  for (const status::ListFileStatus& one : status.list_files)
    if (one.alerted) text.sample("", {{"list", one.list}}, unix_time(*one.alerted));
}

}  // namespace

void tell(const status::Status& status, Exposition& text) {
  text.family("postern", Type::info, "The program and the policy in force.");
  text.sample("_info", {{"version", status.version}, {"policy_version", status.policy_version}}, 1);
  text.family("postern_start_time_seconds", Type::gauge, "When it started, Unix time.");
  text.sample("", {}, unix_time(status.started));
  text.family("postern_message_memory_bytes", Type::gauge, "Memory that messages take which are coming in.");
  text.sample("", {}, static_cast<double>(status.message_memory));
  tell_connections(status, text);
  tell_mailstores(status, text);
  tell_disk(status, text);
  tell_journal(status, text);
  tell_dns(status, text);
  tell_lists(status, text);
  text.family("postern_certificate_ends_seconds", Type::gauge, "When a certificate expires, Unix time.");
  for (const status::CertificateStatus& one : status.certificates)
    if (one.trouble.empty()) text.sample("", {{"file", one.file}}, unix_time(one.ends));
}

}  // namespace gateway::metrics
