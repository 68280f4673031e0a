#pragma once
// postern log: searches the journal.  Needs no running gateway, and no index.

#include <optional>
#include <string>
#include <vector>

namespace gateway::commands {

struct LogOptions {
  std::string config;
  std::optional<std::string> since, until;
  std::vector<std::string> verdicts;  // any of them; all other options narrow it down further
  std::optional<std::string> sender, recipient, address, client, domain, message_id, subject, text, rule,
      trial, reply, outcome, decided, list, ended;
  std::optional<std::string> id;
  bool sessions = false;  // connections without a message, in the place of transactions
  bool audit = false;     // what people did to held messages, in the place of both
  std::optional<std::string> limit;
  bool count = false;
  bool follow = false;
  std::string colour = "auto";
  bool json = false;
};

int log(const LogOptions& options);

}  // namespace gateway::commands
