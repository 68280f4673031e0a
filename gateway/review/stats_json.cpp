#include "gateway/review/stats_json.h"

#include "gateway/journal/json_parts.h"
#include "gateway/journal/json_writer.h"

namespace gateway::review {
namespace {

using journal::index::Counted;

struct Section {
  Counted what;
  journal::JsonName name;
};
constexpr Section kSections[] = {{Counted::verdict, "verdicts"},
                                 {Counted::rule, "rules"},
                                 {Counted::effect, "effects"},
                                 {Counted::trial, "trials"},
                                 {Counted::list, "lists"},
                                 {Counted::domain, "sender_domains"},
                                 {Counted::refused, "refused_domains"},
                                 {Counted::ended, "sessions"}};

}  // namespace

journal::index::Ranking stats_ranking(const journal::index::Tally& tally, Counted what) {
  if (what == Counted::rule) return ranking(tally, {what, Counted::session_rule});
  if (what == Counted::trial) return ranking(tally, {what, Counted::session_trial});
  return ranking(tally, what);
}

std::string stats_json(const journal::index::Tally& tally, Time since, Time until) {
  journal::JsonWriter json;
  const auto count = [&](std::uint64_t number) { json.integer(static_cast<std::int64_t>(number)); };
  json.begin_object();
  json.key("since");
  journal::write(json, since);
  json.key("until");
  journal::write(json, until);
  json.key("messages");
  count(journal::index::total(ranking(tally, Counted::verdict)));
  for (const Section& section : kSections) {
    json.key(section.name).begin_object();
    for (const auto& [text, number] : stats_ranking(tally, section.what)) {
      json.key_of(text);
      count(number);
    }
    json.end_object();
  }
  json.key("sessions_unrecorded");
  count(journal::index::total(ranking(tally, Counted::unrecorded)));
  json.key("records_lost");
  count(journal::index::total(ranking(tally, Counted::lost)));
  json.end_object();
  return json.str();
}

}  // namespace gateway::review
