#include "gateway/review/stats_json.h"

#include <algorithm>

#include "gateway/journal/index/query.h"
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
                                 {Counted::ended, "sessions"},
                                 {Counted::session_rule, "session_rules"},
                                 {Counted::session_trial, "session_trials"}};

// Of the verdicts all are told, so that whoever reads them need not know which there are.
journal::index::Ranking counts_of(const journal::index::Tally& tally, Counted what) {
  journal::index::Ranking all = ranking(tally, what);
  if (what != Counted::verdict) return all;
  for (const std::string_view word : journal::index::verdict_words())
    if (std::ranges::find(all, word, &journal::index::Ranking::value_type::first) == all.end())
      all.emplace_back(word, 0);
  return all;
}

}  // namespace

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
    for (const auto& [text, number] : counts_of(tally, section.what)) {
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
