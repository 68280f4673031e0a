#include "tests/support/golden_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <sstream>
#include <stdexcept>

#include "gateway/net/networks.h"
#include "gateway/rehearsal/message_file.h"
#include "tests/support/desk_world.h"
#include "tests/support/paths.h"
#include "tests/support/policy_bench.h"
#include "tests/support/temporary_directory.h"

namespace support {

using namespace gateway;
namespace fs = std::filesystem;

std::vector<fs::path> golden_messages() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(source_dir() / "tests/messages"))
    if (entry.path().extension() == ".eml") found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

GoldenExpectation golden_expectation(const fs::path& eml) {
  const fs::path file = fs::path(eml).replace_extension(".expect");
  GoldenExpectation wanted;
  wanted.client.esmtp = true;
  std::istringstream lines(file_text(file));
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

namespace {

asio::awaitable<void> judge(pipeline::Transaction& transaction, const GoldenExpectation& wanted,
                            rehearsal::ReadMessage message) {
  transaction.begin();
  for (const Address& address : wanted.envelope.recipients)
    transaction.add_recipient(address).accepted = true;
  transaction.data_begins();
  transaction.header_complete(std::move(message.header));
  co_await transaction.message_complete(std::move(message.received));
  for (pipeline::TransactionRecipient& recipient : transaction.recipients())
    recipient.verdict = transaction.judge(recipient, false, true);
}

std::shared_ptr<pipeline::InForce> in_force_of(const fs::path& eml, const GoldenExpectation& wanted) {
  const fs::path policy = fs::path(eml).replace_extension(".policy");
  return desk_in_force(fs::exists(policy) ? file_text(policy) : "", wanted.config);
}

}  // namespace

GoldenMessage::GoldenMessage(const fs::path& eml)
    : wanted_(golden_expectation(eml)), in_force_(in_force_of(eml, wanted_)) {
  wanted_.client.trusted = net::contains(in_force_->settings->trusted, wanted_.client.ip);
  wanted_.client.relay = net::contains(in_force_->settings->relays, wanted_.client.ip);
  auto zone = dns::Zone::load(fs::path(eml).replace_extension(".dns"));
  if (!zone) throw std::runtime_error(zone.error().text());
  resolver_ = std::make_unique<dns::ZoneResolver>(std::move(*zone));
  const auto message = rehearsal::read_message(eml.string(), *in_force_->settings);
  if (!message) throw std::runtime_error(message.error().text());
  if (message->refusal) throw std::runtime_error(std::string(message->refused_by));
  const pipeline::Surroundings surroundings{*resolver_, state_, loop_.get_executor()};
  transaction_ = std::make_unique<pipeline::Transaction>(
      std::make_shared<pipeline::Origin>(in_force_, surroundings, noon(), &wanted_.client), "0G0LDEN00001",
      noon(), wanted_.client, wanted_.envelope);
  asio::co_spawn(loop_, judge(*transaction_, wanted_, *message), [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  });
  loop_.run();
}

GoldenMessage::~GoldenMessage() = default;

}  // namespace support
