#pragma once
// tests/messages: each message with its zone, judged by the whole pipeline; what it must come to stands in
// NN-name.expect.  NN-name.policy takes the place of config/policy.toml.

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/dns/zone_resolver.h"
#include "gateway/pipeline/transaction.h"

namespace support {

// The .eml files, in order.
std::vector<std::filesystem::path> golden_messages();

// client IP, helo NAME, from ADDRESS or <>, to ADDRESS, smtputf8, config LINE of postern.toml, and what is
// wanted: verdict ACTION RULE; evidence METHOD OUTCOME [PROPERTY=VALUE]: all there is, in order; fact NAME
// VALUE, where VALUE may be "troubled"; score TOTAL; rule ID yes|no|unknown; added LINE, removed LINE of the
// header section that goes to the mailstore.
struct GoldenExpectation {
  gateway::smtp::Client client;
  gateway::Envelope envelope;
  std::string config;
  std::string verdict;
  std::optional<double> score;
  std::vector<std::string> evidence;
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<std::pair<std::string, std::string>> rules;
  std::vector<std::string> added;
  std::vector<std::string> removed;
};

GoldenExpectation golden_expectation(const std::filesystem::path& eml);

// The message, judged at noon() of policy_bench.h.  Throws std::runtime_error for one that cannot be read.
class GoldenMessage {
 public:
  explicit GoldenMessage(const std::filesystem::path& eml);
  ~GoldenMessage();
  GoldenMessage(const GoldenMessage&) = delete;
  GoldenMessage& operator=(const GoldenMessage&) = delete;

  const GoldenExpectation& wanted() const { return wanted_; }
  const std::shared_ptr<gateway::pipeline::InForce>& in_force() const { return in_force_; }
  gateway::pipeline::Transaction& transaction() { return *transaction_; }

 private:
  GoldenExpectation wanted_;
  std::shared_ptr<gateway::pipeline::InForce> in_force_;
  boost::asio::io_context loop_;
  gateway::state::NoState state_;
  std::unique_ptr<gateway::dns::ZoneResolver> resolver_;
  std::unique_ptr<gateway::pipeline::Transaction> transaction_;
};

}  // namespace support
