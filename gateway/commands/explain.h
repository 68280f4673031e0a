#pragma once
// postern explain: what would happen to a message and why.  Touches no state and asks no mailstore.

#include <optional>
#include <string>
#include <vector>

namespace gateway::commands {

struct ExplainOptions {
  std::string config;
  std::optional<std::string> ip;
  std::optional<std::string> helo;
  std::optional<std::string> from;  // "" and "<>": the null sender
  std::vector<std::string> to;
  std::string dns;  // zone file
  std::optional<std::string> at;
  std::vector<std::string> facts;
  std::optional<std::string> expect;  // action[:rule]
  std::optional<std::string> file;    // "-": standard input; none: up to RCPT
  std::string colour = "auto";        // always, never
  bool json = false;
};

int explain(const ExplainOptions& options);

}  // namespace gateway::commands
