// What a replay found, for programs.
#include <fmt/format.h>

#include "gateway/journal/json_parts.h"
#include "gateway/replay/report.h"

namespace gateway::replay {
namespace {

using journal::JsonWriter;
using Kind = Retried::Kind;

void write(JsonWriter& json, const Samples& samples) {
  json.begin_array();
  for (const Sample& one : samples.all()) {
    json.begin_object();
    json.key("id").text(one.id);
    json.key("time");
    journal::write(json, one.when);
    json.key("sender").text(one.sender);
    json.key("recipient").text(one.recipient);
    json.key("header_from").text(one.author);
    json.key("subject").text(one.subject);
    json.end_object();
  }
  json.end_array();
}

void write_count(JsonWriter& json, std::uint64_t count, std::uint64_t all) {
  json.key("count").integer(static_cast<std::int64_t>(count));
  json.key("share").number(all == 0 ? 0 : static_cast<double>(count) / static_cast<double>(all));
}

void write(JsonWriter& json, const Differences& all, Kind kind) {
  json.begin_array();
  for (const auto& [key, group] : ordered(all, kind)) {
    json.begin_object();
    json.key("from").text(name(key->before));
    if (kind != Kind::cannot_tell) json.key("to").text(name(key->after));
    json.key("rule_before").text(key->rule_before);
    if (kind == Kind::cannot_tell) {
      json.key("rule").text(key->rule_after);
      json.key("facts");
      journal::write(json, key->hangs_on);
      json.key("what").text(key->tags_hang ? "tags" : "action");
      json.key("why").text(key->no_message ? "no message came" : "not recorded");
    } else {
      json.key("rule_after").text(key->rule_after);
    }
    if (kind == Kind::other_tags || !key->tags.empty()) json.key("tags").text(key->tags);
    if (kind == Kind::other_rule && !key->hangs_on.empty()) {
      json.key("tags_hang_on");
      journal::write(json, key->hangs_on);
    }
    write_count(json, group->count, all.judged);
    json.key("samples");
    write(json, group->samples);
    json.end_object();
  }
  json.end_array();
}

void write_trials(JsonWriter& json, const Differences& all) {
  json.begin_array();
  for (const auto& [rule, count] : all.trials) {
    json.begin_object();
    json.key("rule").text(rule);
    json.key("held_then").integer(static_cast<std::int64_t>(count.recorded));
    write_count(json, count.held, all.judged);
    json.key("no_difference").integer(static_cast<std::int64_t>(count.no_difference));
    json.key("would").begin_array();
    for (const auto& [actions, number] : count.would) {
      json.begin_object();
      json.key("from").text(name(actions.first));
      json.key("to").text(name(actions.second));
      json.key("count").integer(static_cast<std::int64_t>(number));
      json.end_object();
    }
    json.end_array();
    json.key("samples");
    write(json, count.samples);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string as_json(const Report& report) {
  const Differences& all = report.differences;
  JsonWriter json;
  json.begin_object();
  json.key("since");
  journal::write(json, report.period.from);
  json.key("until");
  journal::write(json, report.period.to);
  json.key("policy").begin_object();
  json.key("version").text(report.in_force.policy->version());
  json.key("files").begin_array();
  for (const auto& file : report.in_force.settings->policy_files) json.text(file.string());
  json.end_array().end_object();
  const auto count = [&](journal::JsonName name, std::uint64_t number) {
    json.key(name).integer(static_cast<std::int64_t>(number));
  };
  count("transactions", all.transactions);
  count("sessions", all.sessions);
  count("unreadable", all.unreadable);
  count("undecided", all.undecided);
  count("asked_again", all.asked_again);
  count("answered_otherwise", all.answered_otherwise);
  json.key("outside_rules").begin_object();
  for (const auto& [by, number] : all.outside) json.key_of(by).integer(static_cast<std::int64_t>(number));
  json.end_object();
  count("verdicts", all.judged);
  count("same", all.same);
  count("changed", all.changed);
  count("cannot_tell", all.cannot_tell);
  count("other_rule", all.other_rule);
  count("other_tags", all.other_tags);
  json.key("changes");
  write(json, all, Kind::changed);
  json.key("hanging");
  write(json, all, Kind::cannot_tell);
  json.key("by_another_rule");
  write(json, all, Kind::other_rule);
  json.key("tagged_otherwise");
  write(json, all, Kind::other_tags);
  if (report.trial) {
    json.key("trial");
    write_trials(json, all);
  }
  json.end_object();
  return json.str();
}

}  // namespace gateway::replay
