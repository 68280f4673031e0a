#include "gateway/journal/encode_session.h"

#include "gateway/journal/json_parts.h"

namespace gateway::journal {
namespace {

namespace json = boost::json;

// What every such record begins with: the members keep their order.
constexpr std::string_view kBeginning = R"({"format":1,"kind":"session",)";

}  // namespace

std::string encode_session(const SessionEntry& entry) {
  json::object record;
  record["format"] = 1;
  record["kind"] = "session";
  record["id"] = text(entry.id);
  record["time"] = json::string(to_text(entry.start));
  record["duration"] = number(entry.duration);
  record["host"] = text(entry.hostname);
  record["mode"] = text(entry.mode);
  record["policy_version"] = text(entry.policy_version);
  record["client"] = encoded(entry.client, {});
  record["ended"] = text(entry.ended);
  record["detail"] = text(entry.detail);
  record["commands"] = entry.commands;
  record["errors"] = entry.errors;
  record["last_command"] = text(entry.last_command);
  record["reply"] = text(entry.reply);
  record["refused_by"] = text(entry.refused_by);
  if (entry.verdict) {
    json::array rules;
    for (const policy::RuleOutcome& rule : entry.verdict->rules) rules.push_back(encoded(rule));
    record["verdict"] = encoded(*entry.verdict, conclusion(*entry.verdict, entry.reply));
    record["rules"] = std::move(rules);
  }
  record["unrecorded"] = entry.unrecorded;
  return json::serialize(record);
}

bool is_session_record(std::string_view record) { return record.starts_with(kBeginning); }

}  // namespace gateway::journal
