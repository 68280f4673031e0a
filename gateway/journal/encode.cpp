#include "gateway/journal/encode.h"

#include <openssl/evp.h>

#include <boost/json.hpp>

#include "gateway/journal/conclusion.h"
#include "gateway/journal/json_parts.h"

namespace gateway::journal {
namespace {

namespace json = boost::json;
using journal::encoded;  // those below would hide them

// One code point per octet, so that nothing is lost and a zone can be made of it.
json::string octets(std::string_view from) {
  json::string out;
  for (const char c : from) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x80) out.push_back(static_cast<char>(0xc0 | octet >> 6));
    out.push_back(static_cast<char>(octet < 0x80 ? octet : 0x80 | (octet & 0x3f)));
  }
  return out;
}

struct ValueEncoder {
  json::value operator()(bool value) const { return value; }
  json::value operator()(double value) const { return number(value); }
  json::value operator()(const List& value) const { return texts(value); }
  template <class Other>
  json::value operator()(const Other& value) const {
    return text(to_text(Value(value)));
  }
};

json::object unknown(std::string_view state, const std::vector<std::string>& because) {
  json::object object;
  object["state"] = state;
  object["because"] = texts(because);
  return object;
}

json::value encoded(const Fact& fact) {
  if (fact.known()) return std::visit(ValueEncoder{}, fact.value);
  json::object object = unknown(fact.troubled() ? "troubled" : "open", fact.because);
  if (const List* sure = std::get_if<List>(&fact.value); sure && !sure->empty())
    object["sure"] = texts(*sure);
  return object;
}

json::object encoded(const Evidence& evidence) {
  json::object object;
  object["method"] = text(evidence.method);
  object["property"] = text(evidence.property);
  object["value"] = text(evidence.value);
  object["outcome"] = name(evidence.outcome);
  object["reason"] = text(evidence.reason);
  for (const auto& [key, detail] : evidence.details) object.emplace(text(key), text(detail));
  return object;
}

json::object encoded(const DnsEntry& entry) {
  json::object object;
  object["name"] = octets(entry.question.name);
  object["type"] = name(entry.question.type);
  object["status"] = name(entry.answer.status);
  object["ttl"] = entry.answer.ttl;
  if (entry.answer.secure) object["secure"] = true;
  json::array data;
  for (const DnsRecord& record : entry.answer.records) {
    switch (entry.question.type) {
      case RecordType::a:
      case RecordType::aaaa: data.push_back(json::string(record.address.text())); break;
      case RecordType::mx: {
        json::array mx;
        mx.push_back(record.preference);
        mx.push_back(octets(record.text));
        data.push_back(std::move(mx));
        break;
      }
      default: data.push_back(octets(record.text));
    }
  }
  object["data"] = std::move(data);
  return object;
}

json::object encoded(const RecipientEntry& recipient);
json::object encoded(const DeliveredEntry& delivered);

template <class Row>
json::array rows(const std::vector<Row>& list) {
  json::array array;
  for (const Row& row : list) array.push_back(encoded(row));
  return array;
}

json::object encoded(const RecipientEntry& recipient) {
  json::object object;
  object["address"] = text(recipient.address);
  object["verdict"] = encoded(recipient.verdict, conclusion(recipient));
  object["fate"] = text(recipient.fate);
  return object;
}

json::object encoded(const DeliveredEntry& delivered) {
  json::object object;
  object["address"] = text(delivered.address);
  object["code"] = delivered.code;
  object["enhanced"] = text(delivered.enhanced);
  object["text"] = text(delivered.text);
  object["fate"] = text(delivered.fate);
  return object;
}

json::value encoded(const DeliveryEntry& delivery) {
  if (delivery.mailstore.empty() && delivery.server.empty() && delivery.recipients.empty()) return nullptr;
  json::object object;
  object["mailstore"] = text(delivery.mailstore);
  object["server"] = text(delivery.server);
  object["queue_id"] = text(delivery.queue_id);
  object["detail"] = text(delivery.detail);
  object["recipients"] = rows(delivery.recipients);
  return object;
}

json::string sha256_hex(std::string_view octets_hashed) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (EVP_Digest(octets_hashed.data(), octets_hashed.size(), digest, &length, EVP_sha256(), nullptr) != 1)
    return {};
  constexpr char kHex[] = "0123456789abcdef";
  json::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    hex.push_back(kHex[digest[i] >> 4]);
    hex.push_back(kHex[digest[i] & 15]);
  }
  return hex;
}

bool is_subject(std::string_view name) { return equal_nocase(name, "subject"); }

json::object header_values(const Entry& entry, SubjectMode subject) {
  json::object object;
  for (const HeaderEntry& header : entry.headers)
    if (subject == SubjectMode::keep || !is_subject(header.name))
      object[text(header.name)] = texts(header.values);
  return object;
}

}  // namespace

json::object story(const Entry& entry) {
  json::object facts;
  for (const FactEntry& fact : entry.facts) facts[text(fact.name)] = encoded(fact.fact);
  json::object object;
  object["verdict"] = encoded(entry.verdict, conclusion(entry));
  object["recipients"] = rows(entry.recipients);
  object["evidence"] = rows(entry.evidence);
  object["facts"] = std::move(facts);
  object["rules"] = rows(entry.verdict.rules);
  object["dns"] = rows(entry.answers);
  json::array headers;
  for (const std::string& field : entry.added_headers) headers.push_back(text(trim(field, "\r\n")));
  object["headers"] = std::move(headers);
  return object;
}

std::string encode_record(const Entry& entry, SubjectMode subject) {
  json::object record;
  record["format"] = 1;
  record["kind"] = "transaction";
  record["id"] = text(entry.id);
  record["time"] = json::string(to_text(entry.start));
  record["duration"] = number(entry.duration);
  record["host"] = text(entry.hostname);
  record["mode"] = text(entry.mode);
  record["policy_version"] = text(entry.policy_version);
  record["client"] = encoded(entry.client, entry.client_name);
  record["sender"] = text(entry.sender);
  if (subject == SubjectMode::keep) record["subject"] = text(entry.subject);
  if (subject == SubjectMode::hash) record["subject"] = sha256_hex(entry.subject);
  record["message_id"] = text(entry.message_id);
  record["header_from"] = text(entry.header_from);
  record["size"] = entry.size;
  record["header_values"] = header_values(entry, subject);
  record["refused_by"] = text(entry.refused_by);
  record["reply"] = text(entry.reply);
  record["delivery"] = encoded(entry.delivery);
  record["held"] = text(entry.held);
  record["relay"] = text(entry.relay.empty() ? entry.delivery.server : entry.relay);
  json::object told = story(entry);
  if (subject != SubjectMode::keep)
    if (auto* fact = told["facts"].as_object().if_contains("subject"))
      *fact = unknown("open", {"not recorded: journal.subject"});
  for (auto& [key, value] : told) record[key] = std::move(value);
  return json::serialize(record);
}

}  // namespace gateway::journal
