#include "gateway/review/overview_json.h"

#include <algorithm>

#include "gateway/journal/json_parts.h"
#include "gateway/journal/json_writer.h"
#include "gateway/status/json.h"

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

void write_texts(JsonWriter& json, JsonName name, const std::vector<std::string>& texts) {
  json.key(name);
  journal::write(json, texts);
}

}  // namespace

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
  json.key("gaps").begin_array();
  for (const journal::index::KnownGap& gap : view.gaps) {
    json.begin_object().key("since");
    journal::write(json, gap.since);
    json.key("until");
    journal::write(json, gap.until);
    json.key("lost");
    write_count(json, gap.lost);
    json.key("why").text(gap.why).end_object();
  }
  json.end_array();
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
  status::write(json, status);
  json.end_object();
  return json.str();
}

}  // namespace gateway::review
