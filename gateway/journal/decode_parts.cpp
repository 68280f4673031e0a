#include "gateway/journal/decode_parts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "policy/facts/utf8.h"
#include "policy/language/literal.h"

namespace gateway::journal {

void read(JsonReader& json, std::string& text) {
  if (const auto read = json.text()) text = *read;
}

std::uint64_t read_count(JsonReader& json) {
  constexpr double kMost = 9007199254740992.0;  // 2^53
  const double number = json.number().value_or(0);
  return number > 0 ? static_cast<std::uint64_t>(std::min(number, kMost)) : 0;
}

void read(JsonReader& json, std::vector<std::string>& texts) {
  json.array([&] {
    if (const auto text = json.text(); text && texts.size() < kMostRows) texts.emplace_back(*text);
  });
}

void read(JsonReader& json, Time& when) {
  const auto text = json.text();
  if (const auto time = text ? policy::language::parse_time(*text) : std::nullopt) when = *time;
}

std::string read_octets(JsonReader& json) {
  std::string octets;
  std::string_view text = json.text().value_or("");
  octets.reserve(text.size());
  while (!text.empty()) {
    std::uint32_t point = 0;
    const std::size_t length = policy::read_point(text, point);
    if (length == 0 || point > 0xff) return {};
    octets += static_cast<char>(point);
    text.remove_prefix(length);
  }
  return octets;
}

bool is_of_rules(std::string_view rule) {
  return !rule.empty() &&
         (rule.front() != '@' || rule == "@default" || rule == "@score" || rule == "@trouble");
}

// read_rows() finds these by the type of the reader, which it would not in a namespace without a name.

static void read(JsonReader& json, policy::Tag& tag) {
  json.object([&](std::string_view name) {
    if (name == "rule") read(json, tag.rule);
    if (name == "subject") read(json, tag.subject);
    if (name == "header") read(json, tag.header);
  });
}

static void read(JsonReader& json, Step& step) {
  std::optional<std::string> name_asked;
  std::optional<RecordType> type;
  json.object([&](std::string_view name) {
    if (name == "depth") step.depth = static_cast<unsigned>(std::min<std::uint64_t>(read_count(json), 1000));
    if (name == "name") name_asked = read_octets(json);
    if (name == "type") type = parse_record_type(json.text().value_or(""));
    if (name == "meaning") read(json, step.meaning);
  });
  if (name_asked && type) step.asked.emplace(std::string_view(), *type).name = std::move(*name_asked);
}

static void read(JsonReader& json, DeliveredEntry& delivered) {
  json.object([&](std::string_view name) {
    if (name == "address") read(json, delivered.address);
    if (name == "code") delivered.code = static_cast<int>(std::min<std::uint64_t>(read_count(json), 999));
    if (name == "enhanced") read(json, delivered.enhanced);
    if (name == "text") read(json, delivered.text);
    if (name == "fate") read(json, delivered.fate);
  });
}

namespace {

// "550 5.7.26 text"
policy::ReplyText reply_text(std::string_view said) {
  policy::ReplyText reply;
  const std::size_t behind_code = std::min(said.find(' '), said.size());
  std::from_chars(said.data(), said.data() + behind_code, reply.code);
  said.remove_prefix(std::min(behind_code + 1, said.size()));
  const std::string_view enhanced = said.substr(0, said.find(' '));
  if (enhanced.size() < 3 || enhanced[1] != '.') {
    reply.text = said;
    return reply;
  }
  reply.detail = enhanced.substr(2);
  said.remove_prefix(std::min(enhanced.size() + 1, said.size()));
  reply.text = said;
  return reply;
}

}  // namespace

ReadVerdict read_verdict(JsonReader& json) {
  ReadVerdict read_one;
  policy::Verdict& verdict = read_one.verdict;
  std::optional<policy::Disposition> action;
  json.object([&](std::string_view name) {
    if (name == "action") action = policy::parse_disposition(json.text().value_or(""));
    if (name == "rule") read(json, read_one.rule);
    if (name == "score") verdict.score = json.number().value_or(0);
    if (name == "score_tag") verdict.score_tag = json.boolean().value_or(false);
    if (name == "reply") read(json, read_one.reply);
    if (name == "trial") read(json, verdict.trial);
    if (name == "trouble") read(json, verdict.trouble);
    if (name == "trouble_passed") verdict.trouble_passed = json.boolean().value_or(false);
    if (name == "override_reason") read(json, verdict.override_reason);
    if (name == "tags") read_rows(json, verdict.tags);
  });
  if (!action || !is_of_rules(read_one.rule)) return read_one;
  verdict.settled = true;
  verdict.action = *action;
  verdict.rule = read_one.rule;
  if (*action >= policy::Disposition::defer) verdict.reply = reply_text(read_one.reply);
  return read_one;
}

void read(JsonReader& json, Evidence& evidence) {
  json.object([&](std::string_view name) {
    if (name == "method") return read(json, evidence.method);
    if (name == "property") return read(json, evidence.property);
    if (name == "value") return read(json, evidence.value);
    if (name == "reason") return read(json, evidence.reason);
    if (name == "steps") return read_rows(json, evidence.steps);
    if (name == "outcome") {
      evidence.outcome = parse_outcome(json.text().value_or("")).value_or(Outcome::none);
      return;
    }
    if (json.kind() != JsonReader::Kind::text || evidence.details.size() == kMostRows) return;
    std::string detail(name);
    evidence.details.emplace_back(std::move(detail), json.text().value_or(""));
  });
}

void read(JsonReader& json, policy::RuleOutcome& rule) {
  json.object([&](std::string_view name) {
    if (name == "id") read(json, rule.id);
    if (name == "because") read(json, rule.because);
    if (name == "trial") rule.trial = json.boolean().value_or(false);
    if (name != "held") return;
    const auto held = json.text().value_or("");
    rule.held = held == "yes" ? policy::Truth::yes : held == "no" ? policy::Truth::no : policy::Truth::stuck;
  });
}

void read(JsonReader& json, DeliveryEntry& delivery) {
  json.object([&](std::string_view name) {
    if (name == "mailstore") read(json, delivery.mailstore);
    if (name == "server") read(json, delivery.server);
    if (name == "queue_id") read(json, delivery.queue_id);
    if (name == "detail") read(json, delivery.detail);
    if (name == "recipients") read_rows(json, delivery.recipients);
  });
}

}  // namespace gateway::journal
