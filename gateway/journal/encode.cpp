#include "gateway/journal/encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gateway/journal/conclusion.h"
#include "gateway/journal/hidden_subject.h"
#include "gateway/journal/json_parts.h"

// write_rows() finds the static ones by the type of the row, which it would not in a namespace without a
// name.
namespace gateway::journal {
namespace {

constexpr std::size_t kMostMembers = 256;  // of a list that is recorded

// As to_text() has it, but for what JSON has itself.
struct ValueWriter {
  JsonWriter& json;
  void operator()(bool value) const { json.boolean(value); }
  void operator()(double value) const { json.number(value); }
  void operator()(const std::string& value) const { json.text(value); }
  void operator()(const Domain& value) const { json.text(value.text()); }
  void operator()(const Address& value) const { json.text(value.text()); }
  void operator()(const IpAddress& value) const { json.text(value.text()); }
  void operator()(Outcome value) const { json.text(name(value)); }
  void operator()(const Choice& value) const { json.text(value.word); }
  void operator()(const List& value) const { write(json, value); }
  void operator()(Time value) const { write(json, value); }
};

void write_unknown(JsonWriter& json, std::string_view state, const std::vector<std::string>& because,
                   const List* sure = nullptr) {
  json.begin_object();
  json.key("state").text(state);
  json.key("because");
  write(json, because);
  if (sure != nullptr && !sure->empty()) {
    json.key("sure");
    write(json, *sure);
  }
  json.end_object();
}

}  // namespace

// A list of all the people there are would make each record as long as itself.
static bool is_too_long(const Fact& fact) {
  const List* const list = std::get_if<List>(&fact.value);
  return list != nullptr && list->size() > kMostMembers;
}

static void write(JsonWriter& json, const Fact& fact) {
  if (fact.known() && is_too_long(fact))
    write_unknown(json, "unrecorded", {fmt::format("a list of {}", std::get<List>(fact.value).size())});
  else if (fact.known())
    std::visit(ValueWriter{json}, fact.value);
  else
    write_unknown(json, fact.troubled() ? "troubled" : "open", fact.because, std::get_if<List>(&fact.value));
}

// A detail replaces nothing, neither a member of ours nor a detail before it.
static bool is_told(const Evidence& evidence, std::size_t detail) {
  constexpr std::array<std::string_view, 6> kOurs{"method",  "property", "value",
                                                  "outcome", "reason",   "steps"};
  const auto& details = evidence.details;
  const std::string& key = details[detail].first;
  return std::ranges::find(kOurs, key) != kOurs.end() ||
         std::any_of(details.begin(), details.begin() + static_cast<std::ptrdiff_t>(detail),
                     [&](const auto& before) { return before.first == key; });
}

static void write_name(JsonWriter& json, const DnsQuestion& question) {
  json.key("name");
  if (question.secret_octets == 0)
    json.octets(question.name);
  else
    json.octets(question.shown());
}

static void write(JsonWriter& json, const Step& step) {
  json.begin_object();
  if (step.depth > 0) json.key("depth").number(step.depth);
  if (step.asked) {
    write_name(json, *step.asked);
    json.key("type").text(name(step.asked->type));
  }
  json.key("meaning").text(step.meaning);
  json.end_object();
}

static void write(JsonWriter& json, const Evidence& evidence) {
  json.begin_object();
  json.key("method").text(evidence.method);
  json.key("property").text(evidence.property);
  json.key("value").text(evidence.value);
  json.key("outcome").text(name(evidence.outcome));
  json.key("reason").text(evidence.reason);
  for (std::size_t i = 0; i < evidence.details.size(); ++i)
    if (!is_told(evidence, i)) json.key_of(evidence.details[i].first).text(evidence.details[i].second);
  if (!evidence.steps.empty()) {
    json.key("steps");
    write_rows(json, evidence.steps);
  }
  json.end_object();
}

static void write(JsonWriter& json, const StateEntry& entry) {
  const StateQuestion& question = *entry.question;
  const StateAnswer& answer = *entry.answer;
  json.begin_object();
  json.key("table").text(question.table);
  json.key("key").octets(question.key);
  if (!answer.failed.empty()) {
    json.key("failed").text(answer.failed);
  } else if (question.asks == StateQuestion::Asks::rate) {
    json.key("rate").number(answer.rate);
    json.key("added").number(question.add);
  } else if (answer.mark) {
    json.key("first").text(to_text(Value(answer.mark->first)));
    json.key("last").text(to_text(Value(answer.mark->last)));
    json.key("count").integer(answer.mark->count);
  }
  json.end_object();
}

static void write(JsonWriter& json, const DnsEntry& entry) {
  const DnsQuestion& question = *entry.question;
  const DnsAnswer& answer = *entry.answer;
  json.begin_object();
  write_name(json, question);
  json.key("type").text(name(question.type));
  json.key("status").text(name(answer.status));
  json.key("ttl").integer(answer.ttl);
  if (answer.secure) json.key("secure").boolean(true);
  json.key("data").begin_array();
  for (const DnsRecord& record : answer.records) switch (question.type) {
      case RecordType::a:
      case RecordType::aaaa: json.text(record.address.text()); break;
      case RecordType::mx:
        json.begin_array().integer(record.preference).octets(record.text).end_array();
        break;
      default: json.octets(record.text);
    }
  json.end_array();
  json.end_object();
}

static void write_facts(JsonWriter& json, const std::vector<FactEntry>& facts, SubjectMode subject) {
  json.begin_object();
  for (const FactEntry& fact : facts) {
    json.key_of(fact.name);
    if (subject != SubjectMode::keep && fact.name == "subject")
      write_unknown(json, "open", {"not recorded: journal.subject"});
    else if (!fact.recorded)
      write_unknown(json, "unrecorded", fact.fact->because);
    else
      write(json, *fact.fact);
  }
  json.end_object();
}

static void write(JsonWriter& json, const RecipientEntry& recipient) {
  json.begin_object();
  json.key("address").text(recipient.address);
  json.key("verdict");
  write(json, *recipient.verdict, conclusion(recipient));
  json.key("fate").text(recipient.fate);
  if (!recipient.facts.empty()) {
    json.key("facts");
    write_facts(json, recipient.facts, SubjectMode::keep);
  }
  json.end_object();
}

static void write(JsonWriter& json, const DeliveredEntry& delivered) {
  json.begin_object();
  json.key("address").text(delivered.address);
  json.key("code").integer(delivered.code);
  json.key("enhanced").text(delivered.enhanced);
  json.key("text").text(delivered.text);
  json.key("fate").text(delivered.fate);
  json.end_object();
}

static void write(JsonWriter& json, const DeliveryEntry& delivery) {
  const bool nothing_was_handed_over =
      delivery.mailstore.empty() && delivery.server.empty() && delivery.recipients.empty();
  if (nothing_was_handed_over && delivery.detail.empty()) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("mailstore").text(delivery.mailstore);
  json.key("server").text(delivery.server);
  json.key("queue_id").text(delivery.queue_id);
  json.key("detail").text(delivery.detail);
  json.key("recipients");
  write_rows(json, delivery.recipients);
  json.end_object();
}

static void write(JsonWriter& json, const Stages& stages) {
  json.begin_object();
  for (std::size_t i = 0; i < kStageNames.size(); ++i)
    if (const auto took = stages.of(static_cast<Stage>(i)))
      json.key_of(kStageNames[i]).integer(took->count());
  json.end_object();
}

namespace {

void write_header_values(JsonWriter& json, const Entry& entry, SubjectMode subject) {
  json.begin_object();
  for (const HeaderEntry& header : entry.headers) {
    if (subject != SubjectMode::keep && equal_nocase(header.name, "subject")) continue;
    json.key_of(header.name);
    write(json, header.values);
  }
  json.end_object();
}

// Into an object that is open already.
void write_story(JsonWriter& json, const Entry& entry, SubjectMode subject) {
  json.key("verdict");
  write(json, *entry.verdict, conclusion(entry));
  json.key("recipients");
  write_rows(json, entry.recipients);
  json.key("evidence");
  write_rows(json, entry.evidence);
  json.key("facts");
  write_facts(json, entry.facts, subject);
  json.key("rules");
  write_rows(json, entry.verdict->rules);
  json.key("dns");
  write_rows(json, entry.answers);
  if (!entry.state.empty()) {
    json.key("state");
    write_rows(json, entry.state);
  }
  json.key("headers").begin_array();
  for (const std::string& field : entry.added_headers) json.text(trim(field, "\r\n"));
  json.end_array();
}

}  // namespace

std::string encode_story(const Entry& entry) {
  JsonWriter json;
  json.begin_object();
  write_story(json, entry, SubjectMode::keep);
  json.end_object();
  return json.str();
}

std::string encode_record(const Entry& entry, SubjectMode subject) {
  JsonWriter json;
  write_record(json, entry, subject);
  return json.str();
}

void write_record(JsonWriter& json, const Entry& entry, SubjectMode subject) {
  json.begin_object();
  write_preamble(json, "transaction", entry);
  json.key("sender").text(entry.sender);
  if (subject == SubjectMode::keep)
    json.key("subject").text(entry.subject);
  else if (subject != SubjectMode::omit)
    json.key("subject").text(stand_in(entry.subject, subject));
  json.key("message_id").text(entry.message_id);
  json.key("header_from").text(entry.header_from);
  json.key("size").integer(static_cast<std::int64_t>(entry.size));
  json.key("header_values");
  write_header_values(json, entry, subject);
  json.key("refused_by").text(entry.refused_by);
  json.key("reply").text(entry.reply);
  json.key("delivery");
  write(json, *entry.delivery);
  json.key("held").text(entry.held);
  json.key("relay").text(entry.relay.empty() ? entry.delivery->server : entry.relay);
  if (entry.stages.any()) {
    json.key("stages");
    write(json, entry.stages);
  }
  write_story(json, entry, subject);
  json.end_object();
}

}  // namespace gateway::journal
