#include "gateway/status/json.h"

#include "gateway/journal/json_parts.h"

namespace gateway::status {
namespace {

using journal::JsonName;
using journal::JsonWriter;

JsonWriter& count(JsonWriter& json, std::uint64_t number) {
  return json.integer(static_cast<std::int64_t>(number));
}

void write_or_null(JsonWriter& json, const std::optional<std::uint64_t>& number) {
  number ? count(json, *number) : json.null();
}

void write_or_null(JsonWriter& json, const std::optional<Time>& time) {
  time ? journal::write(json, *time) : void(json.null());
}

void write_or_null(JsonWriter& json, const std::optional<double>& number) {
  number ? json.number(*number) : json.null();
}

std::optional<std::uint64_t> files_of(const StoreStatus& store) {
  return store.readable ? std::optional(store.count) : std::nullopt;
}

template <class Rows, class Writer>
void write_rows(JsonWriter& json, JsonName name, const Rows& rows, Writer write_row) {
  json.key(name).begin_array();
  for (const auto& row : rows) {
    json.begin_object();
    write_row(row);
    json.end_object();
  }
  json.end_array();
}

void write_findings(JsonWriter& json, const Status& status) {
  const std::vector<Finding> findings = judge(status);
  json.key("level").text(name(level_of(findings)));
  write_rows(json, "findings", findings, [&](const Finding& one) {
    json.key("level").text(name(one.level));
    json.key("what").text(one.what);
  });
}

void write_gateway(JsonWriter& json, const Status& status) {
  json.key("version").text(status.version);
  json.key("host").text(status.hostname);
  json.key("mode").text(status.mode);
  json.key("time");
  journal::write(json, status.now);
  json.key("started");
  journal::write(json, status.started);
  count(json.key("memory"), status.memory);
  count(json.key("message_memory"), status.message_memory);
  json.key("connections").integer(status.connections);
  json.key("most_connections").integer(status.most_connections);
  write_rows(json, "listeners", status.listeners, [&](const ListenerStatus& one) {
    json.key("address").text(one.address);
    count(json.key("sessions"), one.open);
    count(json.key("sessions_since_start"), one.taken);
  });
}

void write_server(JsonWriter& json, const MailstoreServer& server) {
  json.key("server").text(server.server);
  json.key("answers");
  server.answers ? json.boolean(*server.answers) : json.null();
  json.key("seconds_ago").integer(server.ago.count());
  json.key("connections").begin_object();
  json.key("most").integer(server.connections.most);
  json.key("busy").integer(server.connections.busy);
  json.key("idle").integer(server.connections.idle);
  json.key("waiting").integer(server.connections.waiting);
  json.end_object();
}

void write_mailstores(JsonWriter& json, const Status& status) {
  write_rows(json, "mailstores", status.mailstores, [&](const MailstoreStatus& one) {
    json.key("name").text(one.name);
    json.key("protocol").text(one.protocol);
    write_rows(json, "servers", one.servers,
               [&](const MailstoreServer& server) { write_server(json, server); });
  });
}

void write_dns(JsonWriter& json, const Status& status) {
  json.key("dns").begin_object();
  json.key("servers");
  journal::write(json, status.dns_servers);
  count(json.key("remembered"), status.dns.remembered);
  count(json.key("entries"), status.dns.entries);
  json.key("answers").begin_object();
  metrics::Durations all;
  for (std::size_t i = 0; i < status.dns.answers.size(); ++i) {
    count(json.key_of(name(static_cast<DnsStatus>(i))), status.dns.answers[i].count());
    all.add(status.dns.answers[i]);
  }
  json.end_object();
  json.key("seconds").begin_object();
  json.key("p50");
  write_or_null(json, all.quantile(0.5));
  json.key("p99");
  write_or_null(json, all.quantile(0.99));
  json.end_object();
  write_rows(json, "lists", status.lists, [&](const DnsListStatus& list) {
    json.key("id").text(list.id);
    json.key("set_aside").boolean(!list.aside.empty());
    json.key("why").text(list.aside);
  });
  json.end_object();
}

void write_list_files(JsonWriter& json, const Status& status) {
  write_rows(json, "list_files", status.list_files, [&](const ListFileStatus& list) {
    json.key("list").text(list.list);
    json.key("file").text(list.file);
    count(json.key("entries"), list.entries);
    json.key("taken");
    journal::write(json, list.taken);
    json.key("alerted");
    write_or_null(json, list.alerted);
    json.key("alert").text(list.alert);
  });
}

void write_store(JsonWriter& json, const StoreStatus& store) {
  if (!store.readable) return void(json.null());
  json.begin_object();
  count(json.key("count"), store.count);
  count(json.key("octets"), store.octets);
  json.key("oldest");
  write_or_null(json, store.oldest);
  json.end_object();
}

void write_held(JsonWriter& json, const Status& status) {
  json.key("held");
  write_or_null(json, files_of(status.waiting));
  json.key("quarantined");
  write_or_null(json, files_of(status.quarantine));
  json.key("waiting");
  write_store(json, status.waiting);
  json.key("quarantine");
  write_store(json, status.quarantine);
}

void write_disks(JsonWriter& json, const Status& status) {
  write_rows(json, "disks", status.disks, [&](const DiskStatus& disk) {
    json.key("path").text(disk.path);
    json.key("free").number(disk.free);
    count(json.key("octets_free"), disk.octets_free);
    count(json.key("octets"), disk.octets);
  });
  json.key("min_free").number(status.min_free);
}

void write_certificates(JsonWriter& json, const Status& status) {
  write_rows(json, "certificates", status.certificates, [&](const CertificateStatus& one) {
    json.key("file").text(one.file);
    json.key("names");
    journal::write(json, one.names);
    json.key("days_left").integer(one.days_left);
    json.key("ends");
    write_or_null(json, one.trouble.empty() ? std::optional(one.ends) : std::nullopt);
    json.key("trouble").text(one.trouble);
  });
}

void write_journal(JsonWriter& json, const Status& status) {
  json.key("journal").begin_object();
  count(json.key("written"), status.journal.written);
  count(json.key("dropped"), status.journal.dropped);
  count(json.key("failed"), status.journal.failed);
  count(json.key("queued"), status.journal.queued);
  count(json.key("gap"), status.journal.untold);
  json.key("lost_today");
  write_or_null(json, status.lost_today);
  json.end_object();
  json.key("index");
  if (!status.index) return void(json.null());
  json.begin_object();
  json.key("lag_seconds").number(std::chrono::duration<double>(status.index->lag).count());
  count(json.key("lag_octets"), status.index->lag_octets);
  json.key("trouble").text(status.index->trouble);
  json.end_object();
}

void write_policy(JsonWriter& json, const Status& status) {
  json.key("policy_version").text(status.policy_version);
  json.key("trials").begin_array();
  for (const TrialStatus& trial : status.trials) json.text(trial.rule);
  json.end_array();
  json.key("policy").begin_object();
  json.key("version").text(status.policy_version);
  count(json.key("rules"), status.rules);
  write_rows(json, "trials", status.trials, [&](const TrialStatus& trial) {
    json.key("rule").text(trial.rule);
    json.key("today");
    write_or_null(json, trial.today);
  });
  json.end_object();
}

}  // namespace

void write(journal::JsonWriter& json, const Status& status) {
  json.begin_object();
  write_findings(json, status);
  write_gateway(json, status);
  write_mailstores(json, status);
  write_dns(json, status);
  write_list_files(json, status);
  write_held(json, status);
  write_disks(json, status);
  write_certificates(json, status);
  write_journal(json, status);
  write_policy(json, status);
  json.key("remarks");
  journal::write(json, remarks(status));
  json.end_object();
}

std::string to_json(const Status& status) {
  JsonWriter json;
  write(json, status);
  return json.str();
}

}  // namespace gateway::status
