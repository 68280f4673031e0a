#include "gateway/journal/note.h"

#include "gateway/journal/json_parts.h"

namespace gateway::journal {
namespace {

// What every such record begins with: the members keep their order.
constexpr std::string_view kAudit = R"({"format":1,"kind":"audit",)";
constexpr std::string_view kGap = R"({"format":1,"kind":"gap",)";

void begin(JsonWriter& json, std::string_view kind, std::string_view id, Time when) {
  json.begin_object();
  json.key("format").integer(1);
  json.key("kind").text(kind);
  json.key("id").text(id);
  json.key("time");
  write(json, when);
}

}  // namespace

std::string encode_audit(const Audit& audit) {
  JsonWriter json;
  begin(json, "audit", audit.id, audit.when);
  json.key("host").text(audit.host);
  json.key("who").text(audit.who);
  json.key("via").text(audit.via);
  json.key("action").text(audit.action);
  json.key("result").text(audit.result);
  json.key("detail").text(audit.detail);
  json.key("store").text(audit.store);
  json.key("server").text(audit.server);
  json.key("queue_id").text(audit.queue_id);
  json.key("recipients").begin_array();
  for (const AuditedRecipient& one : audit.recipients) {
    json.begin_object();
    json.key("address").text(one.address);
    json.key("fate").text(one.fate);
    json.key("reply").text(one.reply);
    json.end_object();
  }
  json.end_array();
  json.key("left").integer(static_cast<std::int64_t>(audit.left));
  json.end_object();
  return json.str();
}

std::string encode_gap(const Gap& gap) {
  JsonWriter json;
  begin(json, "gap", gap.id, gap.when);
  json.key("since");
  write(json, gap.since);
  json.key("until");
  write(json, gap.until);
  json.key("lost").integer(static_cast<std::int64_t>(gap.lost()));
  json.key("failed").integer(static_cast<std::int64_t>(gap.failed));
  json.key("dropped").integer(static_cast<std::int64_t>(gap.dropped));
  json.key("why").text(gap.why);
  json.end_object();
  return json.str();
}

bool is_note(std::string_view record) { return record.starts_with(kAudit) || record.starts_with(kGap); }

}  // namespace gateway::journal
