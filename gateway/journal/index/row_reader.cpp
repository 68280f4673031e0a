#include "gateway/journal/index/row_reader.h"

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <optional>

#include "gateway/journal/id.h"
#include "gateway/journal/preamble.h"

namespace gateway::journal::index {
namespace {

namespace json = boost::json;

constexpr std::size_t kRoom = 64 << 10;  // octets that the values of a usual record take
constexpr std::size_t kMostRecipients = 1000;
constexpr std::string_view kScoreField = "X-Postern-Score:";

const json::value* member(const json::value& of, std::string_view name) {
  const json::object* const object = of.if_object();
  return object ? object->if_contains(name) : nullptr;
}

std::string_view text(const json::value& value) {
  const json::string* const found = value.if_string();
  return found ? std::string_view(*found) : std::string_view();
}

std::string_view text(const json::value& of, std::string_view name) {
  const json::value* const found = member(of, name);
  return found ? text(*found) : std::string_view();
}

double number(const json::value& of, std::string_view name) {
  const json::value* const found = member(of, name);
  if (!found || !found->is_number()) return 0;
  return found->to_number<double>();
}

bool is_true(const json::value& of, std::string_view name) {
  const json::value* const found = member(of, name);
  return found && found->is_bool() && found->get_bool();
}

// The elements; none of what is no array.
const json::array& array(const json::value& of, std::string_view name) {
  static const json::array kNone;
  const json::value* const found = member(of, name);
  const json::array* const elements = found ? found->if_array() : nullptr;
  return elements ? *elements : kNone;
}

void take_texts(const json::array& from, std::vector<std::string_view>& to) {
  for (const json::value& one : from)
    if (const std::string_view word = text(one); !word.empty()) to.push_back(word);
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  const char* const end = text.data() + at + count;
  const auto [stopped, error] = std::from_chars(text.data() + at, end, value);
  if (error != std::errc() || stopped != end || value < 0) return std::nullopt;
  return value;
}

// "2026-11-25T08:30:00Z", as records have it.
std::optional<Time> moment(std::string_view text) {
  if (text.size() != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':' || text[19] != 'Z')
    return std::nullopt;
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

bool is_tagged(const json::value& verdict) {
  return !array(verdict, "tags").empty() || is_true(verdict, "score_tag");
}

void take_verdict(const json::value& record, Row& row) {
  row.reply = text(record, "reply");
  const json::value* const verdict = member(record, "verdict");
  if (!verdict) return;
  row.action = text(*verdict, "action");
  row.rule = text(*verdict, "rule");
  row.score = number(*verdict, "score");
  if (row.reply.empty()) row.reply = text(*verdict, "reply");
  row.tagged = is_tagged(*verdict);
  take_texts(array(*verdict, "trial"), row.trial);
  // Every rule is in the record; those below the one that decided had no say.
  if (!text(record, "refused_by").empty()) return;
  for (const json::value& rule : array(record, "rules")) {
    const std::string_view id = text(rule, "id");
    if (id == row.rule) break;
    if (text(rule, "held") == "yes" && !is_true(rule, "trial")) row.effective.push_back(id);
  }
}

void take_recipients(const json::value& record, Row& row) {
  for (const json::value& one : array(record, "recipients")) {
    if (row.recipients.size() == kMostRecipients) break;
    RowRecipient recipient{.address = text(one, "address"), .fate = text(one, "fate")};
    if (const json::value* const verdict = member(one, "verdict")) {
      recipient.action = text(*verdict, "action");
      recipient.rule = text(*verdict, "rule");
      recipient.reply = text(*verdict, "reply");
      recipient.tagged = recipient.action == "accept" && is_tagged(*verdict);
    }
    row.recipients.push_back(recipient);
  }
}

void take_delivery(const json::value& record, Row& row) {
  row.held = text(record, "held");
  const json::value* const delivery = member(record, "delivery");
  if (!delivery) return;
  row.server = text(*delivery, "server");
  row.queue_id = text(*delivery, "queue_id");
  for (const json::value& one : array(*delivery, "recipients"))
    if (row.answers.size() < kMostRecipients) row.answers.push_back(text(one, "text"));
}

void take_transaction(const json::value& record, Row& row) {
  row.sender = text(record, "sender");
  row.author = text(record, "header_from");
  row.subject = text(record, "subject");
  row.message_id = text(record, "message_id");
  row.size = number(record, "size");
  take_recipients(record, row);
  take_delivery(record, row);
  if (const json::value* const facts = member(record, "facts")) {
    row.author_name = text(*facts, "from.name");
    take_texts(array(*facts, "dnsbl.listed"), row.lists);
  }
  const auto tells_score = [](const json::value& field) { return text(field).starts_with(kScoreField); };
  if (!row.tagged) row.tagged = std::ranges::any_of(array(record, "headers"), tells_score);
}

void take_session(const json::value& record, Row& row) {
  row.ended = text(record, "ended");
  row.detail = text(record, "detail");
  row.last_command = text(record, "last_command");
  row.commands = number(record, "commands");
  row.unrecorded = number(record, "unrecorded");
}

void take_audit(const json::value& record, Row& row) {
  row.who = text(record, "who");
  row.via = text(record, "via");
  row.done = text(record, "action");
  row.result = text(record, "result");
  row.detail = text(record, "detail");
  row.held = text(record, "store");
  row.server = text(record, "server");
  row.queue_id = text(record, "queue_id");
  row.left = number(record, "left");
  for (const json::value& one : array(record, "recipients"))
    if (row.recipients.size() < kMostRecipients)
      row.recipients.push_back(
          {.address = text(one, "address"), .reply = text(one, "reply"), .fate = text(one, "fate")});
}

void take_gap(const json::value& record, Row& row) {
  row.result = text(record, "why");
  row.lost = number(record, "lost");
  row.since = moment(text(record, "since")).value_or(row.time);
  row.until = moment(text(record, "until")).value_or(row.time);
}

// The texts are kept, the vectors with their room too.
void forget(Row& row) {
  const auto emptied = [](auto& vector) {
    vector.clear();
    return std::move(vector);
  };
  auto trial = emptied(row.trial);
  auto effective = emptied(row.effective);
  auto lists = emptied(row.lists);
  auto recipients = emptied(row.recipients);
  auto answers = emptied(row.answers);
  row = Row();
  row.trial = std::move(trial);
  row.effective = std::move(effective);
  row.lists = std::move(lists);
  row.recipients = std::move(recipients);
  row.answers = std::move(answers);
}

}  // namespace

struct RowReader::Parsed {
  alignas(std::max_align_t) unsigned char room[kRoom];
  json::monotonic_resource memory{room, sizeof room};
  json::parser parser;
  std::optional<json::value> value;
  Row row;
};

RowReader::RowReader() : parsed_(std::make_unique<Parsed>()) {}
RowReader::~RowReader() = default;

const Row* RowReader::read(std::string_view line) {
  Row& row = parsed_->row;
  forget(row);
  parsed_->value.reset();
  parsed_->parser.reset();
  parsed_->memory.release();
  parsed_->parser.reset(&parsed_->memory);
  boost::system::error_code error;
  parsed_->parser.write(line, error);
  if (error) return nullptr;
  parsed_->value.emplace(parsed_->parser.release());
  const json::value& record = *parsed_->value;
  const auto time = moment(text(record, "time"));
  row.id = text(record, "id");
  if (number(record, "format") != kFormat || !time || !canonical_id(row.id)) return nullptr;
  row.time = *time;
  const std::string_view kind = text(record, "kind");
  row.session = kind == "session";
  if (kind == "audit" || kind == "gap") {
    row.note = kind;
    kind == "audit" ? take_audit(record, row) : take_gap(record, row);
    return &row;
  }
  if (!row.session && kind != "transaction") return nullptr;
  row.duration = number(record, "duration");
  if (const json::value* const client = member(record, "client")) {
    row.ip = text(*client, "ip");
    row.client_name = text(*client, "name");
    row.helo = text(*client, "helo");
  }
  take_verdict(record, row);
  row.session ? take_session(record, row) : take_transaction(record, row);
  return &row;
}

}  // namespace gateway::journal::index
