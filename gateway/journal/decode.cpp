#include "gateway/journal/decode.h"

#include <fmt/format.h>

#include "gateway/journal/decode_parts.h"
#include "gateway/journal/id.h"
#include "gateway/journal/preamble.h"

namespace gateway::journal {
namespace {

class Decoder {
 public:
  Decoder(std::string_view line, const Vocabulary& vocabulary, const DecodeOptions& options)
      : json_(line), vocabulary_(vocabulary), options_(options) {}

  Result<Recorded> decode() {
    if (!json_.object([this](std::string_view name) { member(name); }) || !json_.at_end())
      return Error("this is no line of JSON");
    if (kind_ != "transaction" && kind_ != "session")
      return Error(kind_.empty() ? "this is no record: its kind is missing"
                                 : "no record of this version: its kind is '" + printable(kind_, 40) + "'");
    if (recorded_.format != kFormat)
      return Error(fmt::format("no record of this version: its format is {}, and {} was expected",
                               recorded_.format, kFormat));
    if (!canonical_id(recorded_.id) || recorded_.start == Time())
      return Error("this is no record: it has no id, or no time");
    if (kind_ == "session")
      recorded_.session = std::move(session_);
    else
      recorded_.verdict.settled = recorded_.verdict.settled && recorded_.refused_by.empty();
    recorded_.verdict.rules = std::move(rules_);
    for (const std::string& field : recorded_.added_headers) take_score(field);
    if (!options_.story) recorded_.added_headers.clear();
    return std::move(recorded_);
  }

 private:
  // The field on top tells what verdicts that were written before they told it themselves do not.
  void take_score(std::string_view field) {
    constexpr std::string_view kName = "X-Postern-Score: ";
    if (!field.starts_with(kName)) return;
    const auto take = [&](policy::Verdict& verdict) {
      if (verdict.settled && fmt::format("{:.1f}", verdict.score) == field.substr(kName.size()))
        verdict.score_tag = true;
    };
    take(recorded_.verdict);
    for (RecordedRecipient& one : recorded_.recipients) take(one.verdict);
  }

  void member(std::string_view name) {
    if (!preamble(name) && !session(name) && !envelope(name)) story(name);
  }

  bool preamble(std::string_view name) {
    if (name == "format")
      recorded_.format = static_cast<unsigned>(std::min<std::uint64_t>(read_count(json_), 1'000'000));
    else if (name == "kind")
      read(json_, kind_);
    else if (name == "id")
      read(json_, recorded_.id);
    else if (name == "time")
      read(json_, recorded_.start);
    else if (name == "duration")
      recorded_.duration = json_.number().value_or(0);
    else if (name == "host")
      read(json_, recorded_.hostname);
    else if (name == "mode")
      read(json_, recorded_.mode);
    else if (name == "policy_version")
      read(json_, recorded_.policy_version);
    else if (name == "client")
      json_.object([this](std::string_view of_client) { client(of_client); });
    else
      return false;
    return true;
  }

  void client(std::string_view name) {
    smtp::Client& client = recorded_.client;
    const auto address = [this] { return IpAddress::parse(json_.text().value_or("")).value_or(IpAddress()); };
    const auto flag = [this] { return json_.boolean().value_or(false); };
    if (name == "ip") client.ip = address();
    if (name == "port")
      client.port = static_cast<unsigned>(std::min<std::uint64_t>(read_count(json_), 0xffff));
    if (name == "peer") client.peer = address();
    if (name == "listener") read(json_, client.listener);
    if (name == "name") read(json_, recorded_.client_name);
    if (name == "helo") read(json_, client.helo);
    if (name == "esmtp") client.esmtp = flag();
    if (name == "early_talker") client.early_talker = flag();
    if (name == "trusted") client.trusted = flag();
    if (name == "relay") client.relay = flag();
    if (name != "tls") return;
    json_.object([&](std::string_view of_tls) {
      if (of_tls == "version") read(json_, client.tls.version);
      if (of_tls == "cipher") read(json_, client.tls.cipher);
      if (of_tls == "client_name") read(json_, client.tls.client_name);
    });
  }

  bool session(std::string_view name) {
    const auto count = [this] {
      return static_cast<unsigned>(std::min<std::uint64_t>(read_count(json_), 0xffffffff));
    };
    if (name == "ended")
      read(json_, session_.ended);
    else if (name == "detail")
      read(json_, session_.detail);
    else if (name == "commands")
      session_.commands = count();
    else if (name == "errors")
      session_.errors = count();
    else if (name == "last_command")
      read(json_, session_.last_command);
    else if (name == "unrecorded")
      session_.unrecorded = read_count(json_);
    else
      return false;
    return true;
  }

  bool envelope(std::string_view name) {
    if (name == "sender")
      read(json_, recorded_.sender);
    else if (name == "subject")
      read(json_, recorded_.subject.emplace());
    else if (name == "message_id")
      read(json_, recorded_.message_id);
    else if (name == "header_from")
      read(json_, recorded_.header_from);
    else if (name == "size")
      recorded_.size = read_count(json_);
    else if (name == "header_values")
      json_.object([this](std::string_view field) { header(field); });
    else if (name == "refused_by")
      read(json_, recorded_.refused_by);
    else if (name == "reply")
      read(json_, recorded_.reply);
    else if (name == "held")
      read(json_, recorded_.held);
    else if (name == "relay")
      read(json_, recorded_.relay);
    else if (name == "verdict")
      verdict();
    else if (name == "recipients")
      json_.array([this] { recipient(); });
    else if (name == "facts")
      json_.object([this](std::string_view fact_name) { fact(fact_name, recorded_.facts); });
    else
      return false;
    return true;
  }

  void story(std::string_view name) {
    if (name == "headers") read(json_, recorded_.added_headers);
    if (!options_.story) return;
    if (name == "delivery") read(json_, recorded_.delivery);
    if (name == "stages") json_.object([this](std::string_view stage) { took(stage); });
    if (name == "evidence") read_rows(json_, recorded_.evidence);
    if (name == "rules") read_rows(json_, rules_);
    if (name == "dns") json_.array([this] { keep(read_dns(json_), recorded_.answers); });
    if (name == "state") json_.array([this] { keep(read_state(json_), recorded_.state); });
  }

  void took(std::string_view stage) {
    constexpr std::uint64_t kMost = 1'000'000'000'000'000;  // microseconds: more than any session lives
    const auto found = std::ranges::find(kStageNames, stage);
    if (found == kStageNames.end()) return;
    const auto which = static_cast<Stage>(found - kStageNames.begin());
    const std::uint64_t microseconds = std::min(read_count(json_), kMost);
    recorded_.stages.set(which, std::chrono::microseconds(microseconds));
  }

  template <class Row>
  static void keep(std::optional<Row> row, std::vector<Row>& rows) {
    if (row && rows.size() < kMostRows) rows.push_back(std::move(*row));
  }

  void header(std::string_view name) {
    if (recorded_.headers.size() == kMostRows) return;
    recorded_.headers.push_back({std::string(name), {}});
    read(json_, recorded_.headers.back().values);
  }

  void verdict() {
    recorded_.verdict = read_verdict(json_).verdict;
    session_.judged = recorded_.verdict.settled;
  }

  void recipient() {
    if (recorded_.recipients.size() == kMostRows) return;
    RecordedRecipient& recipient = recorded_.recipients.emplace_back();
    json_.object([&](std::string_view name) {
      if (name == "address") read(json_, recipient.address);
      if (name == "fate") read(json_, recipient.fate);
      if (name == "facts")
        json_.object([&](std::string_view fact_name) { fact(fact_name, recipient.facts); });
      if (name != "verdict") return;
      ReadVerdict said = read_verdict(json_);
      recipient.verdict = std::move(said.verdict);
      recipient.reply = std::move(said.reply);
      if (!is_of_rules(said.rule)) recipient.refused_by = std::move(said.rule);
    });
  }

  void fact(std::string_view name, std::vector<RecordedFact>& facts) {
    const auto id = vocabulary_.find(name);
    if (options_.facts && (!id || !(*options_.facts)[index(*id)])) return;
    if (facts.size() == kMostRows) return;
    RecordedFact& fact = facts.emplace_back();
    fact.name = name;
    fact.id = id;
    read(json_, id ? &vocabulary_[*id] : nullptr, fact);
  }

  JsonReader json_;
  const Vocabulary& vocabulary_;
  const DecodeOptions& options_;
  std::string kind_;
  RecordedSession session_;
  std::vector<policy::RuleOutcome> rules_;
  Recorded recorded_;
};

}  // namespace

Result<Recorded> decode(std::string_view line, const Vocabulary& vocabulary, const DecodeOptions& options) {
  return Decoder(line, vocabulary, options).decode();
}

}  // namespace gateway::journal
