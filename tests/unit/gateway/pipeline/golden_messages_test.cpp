// tests/messages: each message judged by the whole pipeline with its zone; what it must come to stands in
// NN-name.expect.  NN-name.policy takes the place of config/policy.toml.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/pipeline/record.h"
#include "tests/support/golden_message.h"

namespace gateway::pipeline {
namespace {

namespace fs = std::filesystem;

struct Golden {
  fs::path eml;
};
void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.eml.stem().string(); }

std::vector<Golden> all_golden_messages() {
  std::vector<Golden> found;
  for (const fs::path& eml : support::golden_messages()) found.push_back({eml});
  return found;
}

std::string shown(const Evidence& one) {
  std::string text = one.method + " " + std::string(name(one.outcome));
  if (!one.property.empty()) text += fmt::format(" {}={}", one.property, one.value);
  return text;
}

// What was found of the client and of the envelope is compared where the file names it.
bool is_compared(const Evidence& one, const std::vector<std::string>& wanted) {
  constexpr std::string_view kMessage[] = {"from", "spf", "dkim", "arc", "dmarc"};
  return std::ranges::find(kMessage, one.method) != std::end(kMessage) ||
         std::ranges::any_of(wanted,
                             [&](const std::string& line) { return line.starts_with(one.method + " "); });
}

std::string shown(const Facts& facts, const std::string& fact) {
  const auto id = facts.vocabulary().find(fact);
  if (!id) return "no such fact";
  const Fact& found = facts.at(*id);
  if (found.known()) return to_text(found.value);
  return found.troubled() ? "troubled" : "open";
}

class GoldenMessages : public testing::TestWithParam<Golden> {};

TEST_P(GoldenMessages, come_to_what_they_should) {
  support::GoldenMessage message(GetParam().eml);
  const support::GoldenExpectation& wanted = message.wanted();
  Transaction& transaction = message.transaction();
  const TransactionRecipient& first = transaction.recipients().front();
  EXPECT_EQ(fmt::format("{} {}", name(first.verdict.action), first.verdict.rule), wanted.verdict);
  std::vector<std::string> evidence;
  for (const Evidence& one : transaction.facts().evidence())
    if (is_compared(one, wanted.evidence)) evidence.push_back(shown(one));
  EXPECT_EQ(fmt::format("{}", fmt::join(evidence, "\n")),
            fmt::format("{}", fmt::join(wanted.evidence, "\n")));
  if (wanted.score) EXPECT_EQ(first.verdict.score, *wanted.score);
  for (const auto& [fact, value] : wanted.facts) EXPECT_EQ(shown(*first.facts, fact), value) << fact;
  for (const auto& [id, held] : wanted.rules) {
    const auto rule = std::ranges::find(first.verdict.rules, id, &policy::RuleOutcome::id);
    ASSERT_NE(rule, first.verdict.rules.end()) << id;
    EXPECT_EQ(name(rule->held), held) << id;
  }
  std::vector<smtp::Recipient> to;
  for (const Address& one : wanted.envelope.recipients) to.push_back({one});
  const std::string header = "\r\n" + outgoing(transaction, first.verdict, "", to).header;
  for (const std::string& line : wanted.added)
    EXPECT_NE(header.find("\r\n" + line + "\r\n"), std::string::npos) << line << "\n" << header;
  for (const std::string& line : wanted.removed)
    EXPECT_EQ(header.find("\r\n" + line + "\r\n"), std::string::npos) << line << "\n" << header;
}

INSTANTIATE_TEST_SUITE_P(Files, GoldenMessages, testing::ValuesIn(all_golden_messages()),
                         [](const testing::TestParamInfo<Golden>& row) {
                           std::string name = row.param.eml.stem().string();
                           std::ranges::replace_if(
                               name, [](unsigned char c) { return !std::isalnum(c); }, '_');
                           return name;
                         });

}  // namespace
}  // namespace gateway::pipeline
