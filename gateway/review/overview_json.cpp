#include "gateway/review/overview_json.h"

#include <algorithm>

#include "gateway/journal/json_parts.h"
#include "gateway/journal/json_writer.h"

namespace gateway::review {
namespace {

using journal::JsonName;
using journal::JsonWriter;
using journal::index::Ranking;

void write_count(JsonWriter& json, std::uint64_t count) { json.integer(static_cast<std::int64_t>(count)); }

void write_outcomes(JsonWriter& json, const Outcomes& outcomes) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    json.key_of(kOutcomes[i]);
    write_count(json, outcomes[i]);
  }
}

void write_ranking(JsonWriter& json, JsonName name, JsonName item, const Ranking& rows, std::size_t top) {
  json.key(name).begin_array();
  for (std::size_t i = 0; i < std::min(top, rows.size()); ++i) {
    json.begin_object().key(item).text(rows[i].first).key("count");
    write_count(json, rows[i].second);
    json.end_object();
  }
  json.end_array();
}

void write_count_or_null(JsonWriter& json, const std::optional<std::uint64_t>& count) {
  count ? write_count(json, *count) : void(json.null());
}

void write_texts(JsonWriter& json, JsonName name, const std::vector<std::string>& texts) {
  json.key(name);
  journal::write(json, texts);
}

void write_dns(JsonWriter& json, const Status& status) {
  json.key("dns").begin_object();
  json.key("remembered");
  write_count(json, status.dns.remembered);
  json.key("entries");
  write_count(json, status.dns.entries);
  json.key("answers").begin_object();
  for (std::size_t i = 0; i < status.dns.answers.size(); ++i) {
    json.key_of(name(static_cast<DnsStatus>(i)));
    write_count(json, status.dns.answers[i]);
  }
  json.end_object();
  json.key("lists").begin_array();
  for (const ListStatus& list : status.lists) {
    json.begin_object().key("id").text(list.id);
    json.key("set_aside").boolean(!list.why_aside.empty()).key("why").text(list.why_aside).end_object();
  }
  json.end_array().end_object();
}

void write_journal(JsonWriter& json, const Status& status) {
  json.key("journal").begin_object();
  json.key("written");
  write_count(json, status.journal.written);
  json.key("dropped");
  write_count(json, status.journal.dropped);
  json.key("failed");
  write_count(json, status.journal.failed);
  json.end_object();
  json.key("index");
  if (!status.index) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("lag_seconds").number(std::chrono::duration<double>(status.index->lag).count());
  json.key("lag_octets");
  write_count(json, status.index->lag_octets);
  json.key("trouble").text(status.index->trouble);
  json.end_object();
}

void write_status(JsonWriter& json, const Status& status) {
  json.begin_object();
  json.key("version").text(status.version);
  json.key("host").text(status.hostname);
  json.key("mode").text(status.mode);
  json.key("policy_version").text(status.policy_version);
  json.key("started");
  journal::write(json, status.started);
  write_texts(json, "trials", status.trials);
  json.key("held");
  write_count_or_null(json, status.held);
  json.key("quarantined");
  write_count_or_null(json, status.quarantined);
  write_dns(json, status);
  write_journal(json, status);
  write_texts(json, "remarks", remarks(status));
  json.end_object();
}

}  // namespace

std::string to_json(const Status& status) {
  JsonWriter json;
  write_status(json, status);
  return json.str();
}

std::string to_json(const Overview& view, const Status& status, std::size_t top) {
  JsonWriter json;
  json.begin_object();
  json.key("since");
  journal::write(json, view.since);
  json.key("until");
  journal::write(json, view.until);
  json.key("messages");
  write_count(json, sum(view.outcomes));
  json.key("outcomes").begin_object();
  write_outcomes(json, view.outcomes);
  json.end_object();
  json.key("sessions");
  write_count(json, view.sessions);
  json.key("sessions_unrecorded");
  write_count(json, view.unrecorded);
  json.key("records_lost");
  write_count(json, view.lost);
  json.key("steps").begin_array();
  for (const Step& step : view.steps) {
    json.begin_object().key("begin");
    journal::write(json, step.begin);
    json.key("last");
    journal::write(json, step.last);
    write_outcomes(json, step.outcomes);
    json.end_object();
  }
  json.end_array();
  write_ranking(json, "rules", "id", view.rules, top);
  write_ranking(json, "session_rules", "id", view.session_rules, top);
  write_ranking(json, "trials", "id", view.trials, top);
  write_ranking(json, "lists", "id", view.lists, top);
  write_ranking(json, "refused_domains", "domain", view.refused_domains, top);
  write_texts(json, "remarks", view.remarks);
  json.key("status");
  write_status(json, status);
  json.end_object();
  return json.str();
}

}  // namespace gateway::review
