#include "gateway/journal/encode_session.h"

#include "gateway/journal/json_parts.h"

namespace gateway::journal {
namespace {

// What every such record begins with: the members keep their order.
constexpr std::string_view kBeginning = R"({"format":1,"kind":"session",)";

}  // namespace

std::string encode_session(const SessionEntry& entry) {
  JsonWriter json;
  json.begin_object();
  write_preamble(json, "session", entry);
  json.key("ended").text(entry.ended);
  json.key("detail").text(entry.detail);
  json.key("commands").integer(entry.commands);
  json.key("errors").integer(entry.errors);
  json.key("last_command").text(entry.last_command);
  json.key("reply").text(entry.reply);
  json.key("refused_by").text(entry.refused_by);
  if (entry.verdict) {
    json.key("verdict");
    write(json, *entry.verdict, conclusion(*entry.verdict, entry.reply));
    json.key("rules");
    write_rows(json, entry.verdict->rules);
  }
  json.key("unrecorded").integer(static_cast<std::int64_t>(entry.unrecorded));
  json.end_object();
  return json.str();
}

bool is_session_record(std::string_view record) { return record.starts_with(kBeginning); }

}  // namespace gateway::journal
