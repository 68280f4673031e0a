// tests/messages: each message judged by the whole pipeline with its zone; what it must come to stands in
// NN-name.expect.  NN-name.policy takes the place of config/policy.toml.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <filesystem>
#include <optional>
#include <sstream>

#include "gateway/dns/zone_resolver.h"
#include "gateway/net/networks.h"
#include "gateway/pipeline/record.h"
#include "gateway/pipeline/transaction.h"
#include "gateway/rehearsal/message_file.h"
#include "tests/support/desk_world.h"
#include "tests/support/paths.h"
#include "tests/support/policy_bench.h"
#include "tests/support/temporary_directory.h"

namespace gateway::pipeline {
namespace {

namespace fs = std::filesystem;

struct Golden {
  fs::path eml;
};
void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.eml.stem().string(); }

std::vector<Golden> golden_messages() {
  std::vector<Golden> found;
  for (const auto& entry : fs::directory_iterator(support::source_dir() / "tests/messages"))
    if (entry.path().extension() == ".eml") found.push_back({entry.path()});
  std::ranges::sort(found, {}, &Golden::eml);
  return found;
}

// client IP, helo NAME, from ADDRESS or <>, to ADDRESS, smtputf8, config LINE of postern.toml, and what is
// wanted: verdict ACTION RULE; evidence METHOD OUTCOME [PROPERTY=VALUE]: all there is, in order; fact NAME
// VALUE, where VALUE may be "troubled"; score TOTAL; rule ID yes|no|unknown; added LINE, removed LINE of the
// header section that goes to the mailstore.
struct Expectation {
  smtp::Client client;
  Envelope envelope;
  std::string config;
  std::string verdict;
  std::optional<double> score;
  std::vector<std::string> evidence;
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<std::pair<std::string, std::string>> rules;
  std::vector<std::string> added;
  std::vector<std::string> removed;
};

Expectation read_expectation(const fs::path& file) {
  Expectation wanted;
  wanted.client.esmtp = true;
  std::istringstream lines(support::file_text(file));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t space = line.find(' ');
    const std::string word = line.substr(0, space);
    const std::string rest = line.substr(std::min(space, line.size() - 1) + 1);
    const auto pair = [&rest] {
      const std::size_t border = std::min(rest.find(' '), rest.size());
      return std::pair(rest.substr(0, border), rest.substr(std::min(border + 1, rest.size())));
    };
    if (word == "client")
      wanted.client.ip = wanted.client.peer = IpAddress::parse(rest).value();
    else if (word == "helo")
      wanted.client.helo = rest;
    else if (word == "from")
      wanted.envelope.sender = rest == "<>" ? Address() : Address::parse(rest).value();
    else if (word == "to")
      wanted.envelope.recipients.push_back(Address::parse(rest).value());
    else if (word == "verdict")
      wanted.verdict = rest;
    else if (word == "score")
      wanted.score = std::stod(rest);
    else if (word == "evidence")
      wanted.evidence.push_back(rest);
    else if (word == "fact")
      wanted.facts.push_back(pair());
    else if (word == "rule")
      wanted.rules.push_back(pair());
    else if (word == "added")
      wanted.added.push_back(rest);
    else if (word == "removed")
      wanted.removed.push_back(rest);
    else if (word == "config")
      wanted.config += rest + "\n";
    else if (word == "smtputf8")
      wanted.envelope.smtputf8 = true;
    else
      throw std::invalid_argument(file.filename().string() + ": what is '" + line + "'?");
  }
  if (wanted.verdict.empty() || wanted.evidence.empty() || wanted.envelope.recipients.empty())
    throw std::invalid_argument(file.filename().string() +
                                ": a verdict, evidence and a recipient are missing");
  return wanted;
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

class GoldenMessages : public testing::TestWithParam<Golden> {
 protected:
  fs::path beside(const char* extension) const {
    return fs::path(GetParam().eml).replace_extension(extension);
  }
};

asio::awaitable<void> judge(Transaction& transaction, const Expectation& wanted, smtp::Received received) {
  transaction.begin();
  for (const Address& address : wanted.envelope.recipients)
    transaction.add_recipient(address).accepted = true;
  transaction.data_begins();
  transaction.header_complete(received.header);
  co_await transaction.message_complete(std::move(received));
  for (TransactionRecipient& recipient : transaction.recipients())
    recipient.verdict = transaction.judge(recipient, false, true);
}

TEST_P(GoldenMessages, come_to_what_they_should) {
  Expectation wanted = read_expectation(beside(".expect"));
  const std::string policy = fs::exists(beside(".policy")) ? support::file_text(beside(".policy")) : "";
  const auto in_force = support::desk_in_force(policy, wanted.config);
  wanted.client.trusted = net::contains(in_force->settings->trusted, wanted.client.ip);
  wanted.client.relay = net::contains(in_force->settings->relays, wanted.client.ip);
  auto zone = dns::Zone::load(beside(".dns"));
  ASSERT_TRUE(zone) << zone.error().text();
  dns::ZoneResolver resolver(std::move(*zone));
  const auto message = rehearsal::read_message(GetParam().eml.string(), *in_force->settings);
  ASSERT_TRUE(message) << message.error().text();
  ASSERT_FALSE(message->refusal) << message->refused_by;

  asio::io_context loop;
  state::NoState state;
  Transaction transaction(
      std::make_shared<Origin>(in_force, Surroundings{resolver, state, loop.get_executor()}, support::noon(),
                               &wanted.client),
      "0GOLDEN00001", support::noon(), wanted.client, wanted.envelope);
  asio::co_spawn(loop, judge(transaction, wanted, message->received), [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();

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

INSTANTIATE_TEST_SUITE_P(Files, GoldenMessages, testing::ValuesIn(golden_messages()),
                         [](const testing::TestParamInfo<Golden>& row) {
                           std::string name = row.param.eml.stem().string();
                           std::ranges::replace_if(
                               name, [](unsigned char c) { return !std::isalnum(c); }, '_');
                           return name;
                         });

}  // namespace
}  // namespace gateway::pipeline
