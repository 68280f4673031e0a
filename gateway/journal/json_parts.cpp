#include "gateway/journal/json_parts.h"

#include <fmt/compile.h>

#include "gateway/remembered_time.h"

namespace gateway::journal {

namespace {

// As to_text() has it, which asks gmtime_r and reads its format anew each time.
std::string date_time(Time when) {
  const auto midnight = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(midnight);
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) return to_text(when);
  const std::chrono::hh_mm_ss clock(when - midnight);
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z"), year,
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace

void write(JsonWriter& json, Time when) { json.text(remembered<date_time>(when)); }

void write(JsonWriter& json, const std::vector<std::string>& texts) {
  json.begin_array();
  for (const std::string& text : texts) json.text(text);
  json.end_array();
}

void write_preamble(JsonWriter& json, std::string_view kind, const Preamble& preamble) {
  const smtp::Client& client = *preamble.client;
  json.key("format").integer(kFormat);
  json.key("kind").text(kind);
  json.key("id").text(preamble.id);
  json.key("time");
  write(json, preamble.start);
  json.key("duration").seconds(preamble.duration);
  json.key("host").text(preamble.hostname);
  json.key("mode").text(preamble.mode);
  json.key("policy_version").text(preamble.policy_version);
  json.key("client").begin_object();
  json.key("ip").text(client.ip.text());
  json.key("port").integer(client.port);
  json.key("peer").text(client.peer.text());
  json.key("listener").text(client.listener);
  json.key("name").text(preamble.client_name);
  json.key("helo").text(client.helo);
  json.key("esmtp").boolean(client.esmtp);
  json.key("early_talker").boolean(client.early_talker);
  json.key("trusted").boolean(client.trusted);
  json.key("relay").boolean(client.relay);
  json.key("tls").begin_object();
  json.key("version").text(client.tls.version);
  json.key("cipher").text(client.tls.cipher);
  json.key("client_name").text(client.tls.client_name);
  json.end_object();
  json.end_object();
}

void write(JsonWriter& json, const policy::Verdict& verdict, const Conclusion& conclusion) {
  json.begin_object();
  json.key("action").text(conclusion.action);
  json.key("rule").text(conclusion.rule);
  json.key("score").number(verdict.score);
  if (verdict.score_tag) json.key("score_tag").boolean(true);
  json.key("reply").text(conclusion.reply());
  json.key("trial");
  write(json, verdict.trial);
  if (!verdict.trouble.empty()) {
    json.key("trouble");
    write(json, verdict.trouble);
  }
  if (verdict.trouble_passed) json.key("trouble_passed").boolean(true);
  if (!verdict.override_reason.empty()) json.key("override_reason").text(verdict.override_reason);
  if (!verdict.tags.empty()) {
    json.key("tags").begin_array();
    for (const policy::Tag& tag : verdict.tags) {
      json.begin_object().key("rule").text(tag.rule);
      if (!tag.subject.empty()) json.key("subject").text(tag.subject);
      if (!tag.header.empty()) json.key("header").text(tag.header);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void write(JsonWriter& json, const policy::RuleOutcome& rule) {
  json.begin_object();
  json.key("id").text(rule.id);
  json.key("held").text(name(rule.held));
  if (!rule.because.empty()) {
    json.key("because");
    write(json, rule.because);
  }
  if (rule.trial) json.key("trial").boolean(true);
  json.end_object();
}

}  // namespace gateway::journal
