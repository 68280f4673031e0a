#pragma once
// What the records of transactions, and of connections without one, begin with.

#include <string_view>

#include "gateway/smtp/client.h"
#include "gateway/vocabulary.h"

namespace gateway::journal {

constexpr unsigned kFormat = 1;  // of the records that are written, and can be read

inline const smtp::Client kNoClient;

struct Preamble {  // refers to what it tells of
  std::string_view id;
  Time start{};
  double duration = 0;  // seconds
  std::string_view hostname;
  std::string_view policy_version;
  std::string_view mode;                    // "enforce", "observe"
  const smtp::Client* client = &kNoClient;  // never null
  std::string_view client_name;             // forward-confirmed; empty when it has none
};

}  // namespace gateway::journal
