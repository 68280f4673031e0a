// The demo of ./run by hand: its configuration loads, its signatures verify, and each sample earns the
// verdict it stands for.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "filters/registry.h"
#include "gateway/dns/zone.h"
#include "gateway/settings/settings.h"
#include "policy/policy.h"
#include "tests/support/answer_book.h"
#include "tests/support/named.h"
#include "tests/support/paths.h"
#include "tests/support/policy_bench.h"
#include "tests/support/temporary_directory.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

const fs::path kDemo = support::source_dir() / "config/demo";

TEST(Demo, configuration_loads_once_its_names_are_filled_in) {
  const support::TemporaryDirectory directory;
  std::string text = support::file_text(kDemo / "postern.toml");
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"@VAR@", directory.path().string()},
                                    {"@SMTP@", "2525"},
                                    {"@REVIEW@", "8025"}})
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name))
      text.replace(at, name.size(), value);
  std::ofstream(directory.path() / "postern.toml", std::ios::binary) << text;
  for (const char* name : {"policy.toml", "zone.json", "recipients.txt"})
    fs::copy_file(kDemo / name, directory.path() / name);
  policy::Diagnostics diagnostics;
  const auto settings = settings::Settings::load(directory.path() / "postern.toml", diagnostics);
  EXPECT_EQ(diagnostics.render(), "");
  ASSERT_TRUE(settings);
}

struct Row {
  std::string name;
  std::string client;
  std::string helo;
  std::string sender;
  std::string findings;  // "spf dkim dmarc"
  std::string verdict;   // "action rule", and what was tagged
};

POSTERN_NAMED(Row)

class DemoSample : public testing::TestWithParam<Row> {};

// The filter's questions answered from the zone until it has none left.
filters::Finding examine(const filters::Filter& filter, const Facts& facts, const dns::Zone& zone,
                         Answers& answers) {
  filters::Finding finding = filter.examine(facts, answers);
  for (int round = 0; round < 32 && !finding.questions.empty(); ++round) {
    for (const Question& question : finding.questions)
      answers.pin(std::get<DnsQuestion>(question), zone.answer(std::get<DnsQuestion>(question)));
    finding = filter.examine(facts, answers);
  }
  return finding;
}

TEST_P(DemoSample, earns_its_verdict) {
  const Row& row = GetParam();
  const auto zone = dns::Zone::load(kDemo / "zone.json");
  ASSERT_TRUE(zone) << zone.error().text();
  policy::Diagnostics diagnostics;
  const auto rules = policy::Policy::load(std::array{kDemo / "policy.toml"}, support::full_vocabulary(), {},
                                          support::noon(), diagnostics);
  ASSERT_TRUE(rules) << diagnostics.render();

  Facts facts(support::full_vocabulary());
  support::set_facts(facts, "*; client.ip=" + row.client + "; helo.name=" + row.helo +
                                "; sender.address=" + row.sender + "; sender.domain=" +
                                row.sender.substr(row.sender.find('@') + 1) + "; local.domains=example.com");
  facts.set_message(Message::parse(support::file_text(kDemo / "messages" / (row.name + ".eml"))));
  Answers answers;
  for (const auto& filter : filters::make_filters({.hostname = "mx1.example.com"}, filters::off_by_default()))
    support::apply(examine(*filter, facts, *zone, answers), facts);

  std::string findings;
  for (const std::string_view fact : {"spf.mailfrom", "dkim.result", "dmarc.result"})
    findings += (findings.empty() ? "" : " ") +
                std::string(facts.get<Outcome>(fact) ? name(*facts.get<Outcome>(fact)) : "unknown");
  EXPECT_EQ(findings, row.findings);

  const policy::Verdict verdict = rules->decide(facts, {.at_end = true, .outcomes = true});
  std::string shown = std::string(name(verdict.action)) + " " + verdict.rule;
  for (const policy::Tag& tag : verdict.tags) shown += " +" + tag.rule;
  EXPECT_EQ(shown, row.verdict);
}

const Row kSamples[] = {
    {"good", "192.0.2.10", "mx.partner.example", "anna.weber@partner.example", "pass pass pass",
     "accept @default"},
    {"forwarded", "198.51.100.20", "out.alumni.example", "anna.weber@partner.example", "fail pass pass",
     "accept @default"},
    {"forged-reject", "203.0.113.66", "mail.attacker.example", "service@bank.example", "fail none fail",
     "reject dmarc-reject"},
    {"forged-quarantine", "203.0.113.66", "mail.attacker.example", "orders@shop.example", "fail none fail",
     "quarantine dmarc-quarantine"},
    {"softfail", "198.51.100.77", "home.isp.example", "info@club.example", "softfail none none",
     "accept @default +softfail"},
};

INSTANTIATE_TEST_SUITE_P(Table, DemoSample, testing::ValuesIn(kSamples));

}  // namespace
}  // namespace gateway
