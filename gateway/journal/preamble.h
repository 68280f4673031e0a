#pragma once
// What the records of transactions, and of connections without one, begin with.

#include <string>

#include "gateway/smtp/client.h"
#include "gateway/vocabulary.h"

namespace gateway::journal {

struct Preamble {
  std::string id;
  Time start{};
  double duration = 0;  // seconds
  std::string hostname;
  std::string policy_version;
  std::string mode;  // "enforce", "observe"
  smtp::Client client;
  std::string client_name;  // forward-confirmed; empty when it has none
};

}  // namespace gateway::journal
