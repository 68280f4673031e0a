#include "gateway/journal/json_parts.h"

#include <cmath>
#include <limits>

namespace gateway::journal {

namespace json = boost::json;

json::string text(std::string_view octets) {
  if (is_valid_utf8(octets)) return json::string(octets);
  return json::string(printable(octets, std::numeric_limits<std::size_t>::max()));
}

json::array texts(const std::vector<std::string>& list) {
  json::array array;
  for (const std::string& member : list) array.push_back(text(member));
  return array;
}

json::value number(double value) {
  if (!std::isfinite(value)) return nullptr;
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::trunc(value) == value && std::abs(value) <= kExact) return static_cast<std::int64_t>(value);
  return value;
}

json::object encoded(const smtp::Client& client, std::string_view client_name) {
  json::object tls;
  tls["version"] = text(client.tls.version);
  tls["cipher"] = text(client.tls.cipher);
  tls["client_name"] = text(client.tls.client_name);
  json::object object;
  object["ip"] = json::string(client.ip.text());
  object["port"] = client.port;
  object["peer"] = json::string(client.peer.text());
  object["listener"] = text(client.listener);
  object["name"] = text(client_name);
  object["helo"] = text(client.helo);
  object["esmtp"] = client.esmtp;
  object["early_talker"] = client.early_talker;
  object["trusted"] = client.trusted;
  object["relay"] = client.relay;
  object["tls"] = std::move(tls);
  return object;
}

json::object encoded(const policy::Verdict& verdict, const Conclusion& conclusion) {
  json::object object;
  object["action"] = text(conclusion.action);
  object["rule"] = text(conclusion.rule);
  object["score"] = number(verdict.score);
  object["reply"] = text(conclusion.reply);
  object["trial"] = texts(verdict.trial);
  if (!verdict.trouble.empty()) object["trouble"] = texts(verdict.trouble);
  if (!verdict.override_reason.empty()) object["override_reason"] = text(verdict.override_reason);
  if (verdict.tags.empty()) return object;
  json::array tags;
  for (const policy::Tag& tag : verdict.tags) {
    json::object one;
    one["rule"] = text(tag.rule);
    if (!tag.subject.empty()) one["subject"] = text(tag.subject);
    if (!tag.header.empty()) one["header"] = text(tag.header);
    tags.push_back(std::move(one));
  }
  object["tags"] = std::move(tags);
  return object;
}

json::object encoded(const policy::RuleOutcome& rule) {
  json::object object;
  object["id"] = text(rule.id);
  object["held"] = name(rule.held);
  if (!rule.because.empty()) object["because"] = texts(rule.because);
  if (rule.trial) object["trial"] = true;
  return object;
}

}  // namespace gateway::journal
