// Writes days of a journal as a busy gateway would: for bench/journal_index, and for trying out what reads it.  The
// same arguments give the same octets.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "gateway/journal/day_file.h"
#include "gateway/journal/encode.h"
#include "gateway/journal/encode_session.h"
#include "gateway/journal/id.h"
#include "tests/support/journal_entry.h"

namespace {

using namespace gateway;
using support::SampleEntry;

constexpr std::size_t kSenders = 300'000;
constexpr std::size_t kDomains = 40'000;
constexpr std::size_t kRecipients = 5'000;
constexpr std::size_t kWords = 4'000;
constexpr std::size_t kRules = 30;
constexpr std::size_t kBatch = 2'000;  // records written together
constexpr unsigned kSessionsPerHundred = 8;
constexpr std::chrono::sys_days kLastDay{std::chrono::year{2026} / 11 / 25};

// splitmix64: what the standard's distributions make of an engine differs between libraries.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t most) { return static_cast<std::size_t>(next() % most); }
  bool in_hundred(unsigned share) { return below(100) < share; }
  // A few are met all the time, most of them seldom.
  std::size_t skewed(std::size_t most) {
    const double share = static_cast<double>(next() >> 11) / 9007199254740992.0;
    return static_cast<std::size_t>(std::pow(share, 3) * static_cast<double>(most));
  }

 private:
  std::uint64_t state_;
};

std::string word(std::size_t number) {
  static constexpr std::array kSyllables{"ba",  "ler", "mo",  "ti",  "gra", "su",  "fen", "ko",
                                         "dri", "wa",  "nel", "pos", "ur",  "chi", "zam", "ve"};
  std::string text;
  for (std::size_t rest = number + 17; rest > 0; rest /= kSyllables.size())
    text += kSyllables[rest % kSyllables.size()];
  return text;
}

std::string domain_of(std::size_t sender) {
  return fmt::format("{}.example", word(sender % kDomains + 4096));
}
std::string address_of(std::size_t sender) {
  return fmt::format("{}.{}@{}", word(sender % 613), word(sender / 613), domain_of(sender));
}

Fact known(Value value) { return Fact(Fact::State::known, std::move(value)); }

struct Outcome3 {
  Outcome spf, dkim, dmarc;
};

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : dice_(seed) {
    for (std::size_t i = 0; i < kRules; ++i)
      rules_.push_back(i == 3 ? "own-domain-spoof"
                              : fmt::format("{}-{}", word(i), i % 3 == 0 ? "listed" : "suspect"));
  }

  std::string record(Time when) {
    return dice_.in_hundred(kSessionsPerHundred) ? session(when) : transaction(when);
  }

 private:
  void fill(support::SamplePreamble& preamble, Time when, std::size_t sender) {
    preamble.id =
        ids_.next(std::chrono::system_clock::time_point(when) + std::chrono::milliseconds(dice_.below(1000)));
    preamble.start = when;
    preamble.duration = static_cast<double>(dice_.below(2000)) / 1000;
    preamble.hostname = "mx1.example.com";
    preamble.policy_version = "3f9a1c77d2e04b58";
    preamble.mode = "enforce";
    const std::uint32_t network = static_cast<std::uint32_t>(sender % kDomains * 2654435761u) | 0x05000000u;
    preamble.client.ip = IpAddress::v4((network & 0xffffff00u) | static_cast<std::uint32_t>(dice_.below(6)));
    preamble.client.peer = preamble.client.ip;
    preamble.client.port = static_cast<unsigned>(1024 + dice_.below(60000));
    preamble.client.listener = "0.0.0.0:25";
    preamble.client.esmtp = true;
    preamble.client.helo = "mail." + domain_of(sender);
    preamble.client.tls.version = "TLSv1.3";
    preamble.client.tls.cipher = "TLS_AES_256_GCM_SHA384";
  }

  std::string session(Time when) {
    static constexpr std::array kEnds{"quit",    "closed",     "lost",     "limit",
                                      "refused", "tls_failed", "timed_out"};
    support::SampleSession entry;
    fill(entry, when, dice_.skewed(kSenders));
    entry.ended = kEnds[dice_.below(kEnds.size())];
    entry.commands = static_cast<unsigned>(dice_.below(12));
    entry.last_command = "EHLO";
    entry.reply = "221 2.0.0 mx1.example.com closes the connection";
    return journal::encode_session(entry);
  }

  std::string subject() {
    std::string text;
    for (std::size_t i = 0, words = 3 + dice_.below(6); i < words; ++i)
      text.append(text.empty() ? "" : " ").append(word(dice_.skewed(kWords)));
    return text;
  }

  std::string transaction(Time when) {
    const std::size_t sender = dice_.skewed(kSenders);
    const bool good = !dice_.in_hundred(30);
    const Outcome3 outcome = good ? Outcome3{Outcome::pass, Outcome::pass, Outcome::pass}
                                  : Outcome3{Outcome::fail, Outcome::none, Outcome::fail};
    SampleEntry entry;
    fill(entry, when, sender);
    const std::string domain = domain_of(sender);
    entry.client_name = entry.client.helo;
    entry.sender = dice_.in_hundred(5) ? "" : address_of(sender);
    entry.header_from = address_of(sender);
    entry.subject = subject();
    entry.message_id = fmt::format("<{:016x}.{}@{}>", dice_.next(), when.time_since_epoch().count(), domain);
    entry.size = 2'000 + dice_.below(60'000);
    judge(entry, good);
    find(entry, outcome, domain);
    if (good) deliver(entry);
    entry.added_headers = {
        fmt::format("Received: from {} ({} [{}])\r\n\tby mx1.example.com (Postern) with ESMTPS id {}\r\n",
                    entry.client.helo, entry.client_name, entry.client.ip.text(), entry.id),
        fmt::format("Authentication-Results: example.com;\r\n\tspf={} smtp.mailfrom={};\r\n\tdkim={} "
                    "header.d={};\r\n\tdmarc={} header.from={}\r\n",
                    name(outcome.spf), domain, name(outcome.dkim), domain, name(outcome.dmarc), domain)};
    return journal::encode_record(entry);
  }

  void judge(SampleEntry& entry, bool good) {
    policy::Verdict& verdict = entry.verdict;
    verdict.settled = true;
    verdict.rule = "@default";
    if (!good) {
      const std::size_t rule = dice_.skewed(kRules);
      verdict.rule = rules_[rule];
      verdict.action = rule % 7 == 2   ? policy::Disposition::quarantine
                       : rule % 7 == 4 ? policy::Disposition::defer
                                       : policy::Disposition::reject;
      const bool defers = verdict.action == policy::Disposition::defer;
      verdict.reply = {.code = defers ? 451 : 550,
                       .detail = fmt::format("7.{}", 20 + rule % 7),
                       .text = fmt::format("this message was refused by {} [{}]", verdict.rule, entry.id)};
    }
    for (std::size_t i = 0; i < kRules; ++i)
      verdict.rules.push_back({.id = rules_[i],
                               .held = rules_[i] == verdict.rule ? policy::Truth::yes : policy::Truth::no,
                               .because = {},
                               .trial = i % 10 == 3});
    if (dice_.in_hundred(3)) verdict.trial = {rules_[3]};
    if (good && dice_.in_hundred(40))
      verdict.tags = {{.rule = rules_[5], .subject = "[EXTERN] ", .header = {}}};
    entry.reply = good ? fmt::format("250 2.0.0 {} is taken", entry.id)
                       : fmt::format("{} {}.{} {}", verdict.reply.code, verdict.reply.code / 100,
                                     verdict.reply.detail, verdict.reply.text);
    for (std::size_t i = 0, all = 1 + dice_.skewed(4); i < all; ++i)
      entry.recipients.push_back(
          {.address = fmt::format("{}.{}@example.com", word(dice_.skewed(kRecipients)), word(i)),
           .verdict = verdict,
           .reply = "250 2.1.5 recipient taken",
           .refused_by = {},
           .fate = good ? "delivered" : "refused"});
  }

  void find(SampleEntry& entry, const Outcome3& outcome, const std::string& domain) {
    entry.evidence = {{.method = "spf",
                       .property = "smtp.helo",
                       .value = entry.client.helo,
                       .outcome = Outcome::none,
                       .reason = "no SPF record",
                       .details = {}},
                      {.method = "spf",
                       .property = "smtp.mailfrom",
                       .value = domain,
                       .outcome = outcome.spf,
                       .reason = "the record of " + domain + " decides by its last term",
                       .details = {{"mechanism", "all"}}},
                      {.method = "dkim",
                       .property = "header.d",
                       .value = domain,
                       .outcome = outcome.dkim,
                       .reason = {},
                       .details = {{"selector", "s2048"}, {"identity", "@" + domain}, {"bits", "2048"}}},
                      {.method = "dmarc",
                       .property = "header.from",
                       .value = domain,
                       .outcome = outcome.dmarc,
                       .reason = {},
                       .details = {{"policy", "reject"}, {"org_domain", domain}}}};
    entry.evidence[1].steps = {{.depth = 0,
                                .asked = DnsQuestion(domain, RecordType::txt),
                                .meaning = "v=spf1 record with three terms"}};
    entry.facts = {{"client.ip", known(entry.client.ip)},
                   {"client.name", known(Domain::parse(entry.client_name).value_or(Domain()))},
                   {"client.trusted", known(false)},
                   {"dnsbl.score", known(0.0)},
                   {"dnsbl.listed", known(List{})},
                   {"helo.name", known(entry.client.helo)},
                   {"sender.domain", known(Domain::parse(domain).value_or(Domain()))},
                   {"sender.seen_days", known(static_cast<double>(dice_.below(400)))},
                   {"spf.mailfrom", known(outcome.spf)},
                   {"spf.helo", known(Outcome::none)},
                   {"dkim.result", known(outcome.dkim)},
                   {"dkim.count", known(1.0)},
                   {"dmarc.result", known(outcome.dmarc)},
                   {"from.domain", known(Domain::parse(domain).value_or(Domain()))},
                   {"from.name", known(word(dice_.skewed(kWords)) + " " + word(dice_.skewed(kWords)))},
                   {"from.local", known(false)},
                   {"from.defect", known(std::string())},
                   {"subject", known(entry.subject)},
                   {"message.size", known(static_cast<double>(entry.size))},
                   {"message.attachments", known(List{})},
                   {"rcpt.count", known(1.0)},
                   {"greylist", {}}};
    DnsAnswer txt;
    txt.status = DnsStatus::ok;
    txt.ttl = 300;
    txt.records = {
        {.text = "v=spf1 ip4:192.0.2.0/24 include:_spf." + domain + " -all", .address = {}, .preference = 0}};
    DnsAnswer key = txt;
    key.records[0].text =
        "v=DKIM1; k=rsa; "
        "p="
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwHPDDRfzM4Ibwh4wcWlqkmIYUx3cSwPrXmU0pLk1q7pYbkk9vGq8Yq0Y"
        "Yb2Rf6nJm2o5CqXG6bX4xK0v1n9aHk0e2x0mR7sUuBDc1q8gqk3dQJ2Lr7tq3Qo2kV5p9m4w8cW1tVn3pXy7uYk1s2d3f4g5h6j7"
        "k8l9";
    DnsAnswer dmarc = txt;
    dmarc.records[0].text = "v=DMARC1; p=reject; rua=mailto:dmarc@" + domain;
    entry.answers = {{DnsQuestion(domain, RecordType::txt), txt},
                     {DnsQuestion("s2048._domainkey." + domain, RecordType::txt), key},
                     {DnsQuestion("_dmarc." + domain, RecordType::txt), dmarc}};
  }

  void deliver(SampleEntry& entry) {
    entry.delivery.mailstore = "main";
    entry.delivery.server = "10.0.0.5:25";
    entry.delivery.queue_id = fmt::format("{:011X}", dice_.next() >> 20);
    for (const support::SampleRecipient& one : entry.recipients)
      entry.delivery.recipients.push_back(
          {one.address, 250, "2.0.0", "Ok: queued as " + entry.delivery.queue_id, "delivered"});
  }

  Dice dice_;
  journal::IdMaker ids_{1};
  std::vector<std::string> rules_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Writes a journal of realistic records, always the same"};
  std::string directory;
  std::size_t records = 1'000'000;
  unsigned days = 1;
  app.add_option("directory", directory, "where to; made if it is not there")->required();
  app.add_option("--records", records, "in all")->capture_default_str();
  app.add_option("--days", days, "up to 2026-11-25")->capture_default_str()->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, argc, argv);

  Maker maker(1);
  std::filesystem::create_directories(directory);
  for (unsigned day = 0; day < days; ++day) {
    const auto date = kLastDay - std::chrono::days(days - 1 - day);
    std::ofstream file(std::filesystem::path(directory) / journal::day_file_name(date),
                       std::ios::binary | std::ios::trunc);
    const std::size_t of_day = records / days + (day < records % days ? 1 : 0);
    std::string batch;
    for (std::size_t i = 0; i < of_day; ++i) {
      batch += maker.record(date + std::chrono::seconds(i * 86'400 / of_day)) + "\n";
      if (i % kBatch != 0 && i + 1 != of_day) continue;
      file.write(batch.data(), static_cast<std::streamsize>(batch.size()));
      batch.clear();
    }
    if (!file.flush()) {
      std::cerr << "the journal cannot be written there\n";
      return 1;
    }
  }
}
