// What the DNS and the shared state answered, read back.
#include <algorithm>

#include "gateway/journal/decode_parts.h"

namespace gateway::journal {
namespace {

std::optional<DnsRecord> read_record(JsonReader& json, RecordType type) {
  DnsRecord record;
  if (type == RecordType::a || type == RecordType::aaaa) {
    const auto address = IpAddress::parse(json.text().value_or(""));
    if (!address) return std::nullopt;
    record.address = *address;
    return record;
  }
  if (type != RecordType::mx) {
    record.text = read_octets(json);
    return record;
  }
  std::size_t at = 0;
  json.array([&] {
    if (at == 0)
      record.preference = static_cast<std::uint16_t>(std::min<std::uint64_t>(read_count(json), 0xffff));
    if (at == 1) record.text = read_octets(json);
    ++at;
  });
  return at == 2 ? std::optional(std::move(record)) : std::nullopt;
}

}  // namespace

std::optional<RecordedDns> read_dns(JsonReader& json) {
  std::string name_asked;
  std::optional<RecordType> type;
  DnsAnswer answer;
  json.object([&](std::string_view name) {
    if (name == "name") name_asked = read_octets(json);
    if (name == "type") type = parse_record_type(json.text().value_or(""));
    if (name == "status") answer.status = parse_dns_status(json.text().value_or("")).value_or(answer.status);
    if (name == "ttl")
      answer.ttl = static_cast<std::uint32_t>(std::min<std::uint64_t>(read_count(json), 0xffffffff));
    if (name == "secure") answer.secure = json.boolean().value_or(false);
    if (name != "data" || !type) return;
    json.array([&] {
      if (answer.records.size() == kMostRows) return;
      if (auto record = read_record(json, *type)) answer.records.push_back(std::move(*record));
    });
  });
  if (!type) return std::nullopt;
  RecordedDns read_one{DnsQuestion({}, *type), std::move(answer)};
  read_one.question.name = std::move(name_asked);  // as it was asked, whatever is no name
  return read_one;
}

std::optional<RecordedState> read_state(JsonReader& json) {
  RecordedState state;
  Mark mark;
  bool marked = false;
  json.object([&](std::string_view name) {
    if (name == "table") read(json, state.question.table);
    if (name == "key") state.question.key = read_octets(json);
    if (name == "failed") read(json, state.answer.failed);
    if (name == "first") read(json, mark.first);
    if (name == "last") read(json, mark.last);
    if (name == "added") state.question.add = json.number().value_or(0);
    if (name == "count") {
      marked = true;
      mark.count = read_count(json);
    }
    if (name == "rate") {
      state.question.asks = StateQuestion::Asks::rate;
      state.answer.rate = json.number().value_or(0);
    }
  });
  if (state.question.table.empty()) return std::nullopt;
  if (marked) state.answer.mark = mark;
  return state;
}

}  // namespace gateway::journal
