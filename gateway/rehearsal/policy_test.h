#pragma once
// A policy test: one message, or one attempt up to RCPT, and what the policy must come to.  Written [[test]]
// beside the rules.

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/dns/zone.h"
#include "gateway/rehearsal/rehearsal.h"
#include "policy/diagnostic.h"

namespace gateway::rehearsal {

// Where something stands, ready to be shown with a message.
using Spot = policy::Diagnostic;

template <class T>
struct Wanted {
  T value{};
  Spot spot;
};

// What is not said may be anything.
struct Expectation {
  std::optional<Wanted<std::string>> verdict;  // a Disposition, or "open"
  std::optional<Wanted<std::string>> rule;     // an id, or @default, @score, @trouble, @relay, …
  std::optional<Wanted<double>> score;
  std::optional<Wanted<std::string>> code;                // "550", "550 5.7.26" or "5.7.26"
  std::optional<Wanted<std::string>> reply;               // stands in it, whatever the case
  std::optional<Wanted<std::string>> override_reason;     // "": none
  std::optional<Wanted<std::vector<std::string>>> trial;  // these and no others, in any order
  std::optional<Wanted<std::vector<std::string>>> tags;   // likewise: the rules whose tags are added
  std::vector<Wanted<std::string>> headers;               // a field on top begins with each of them
  std::vector<Wanted<std::string>> held;                  // ids of rules
  std::vector<Wanted<std::string>> not_held;
  std::vector<std::pair<FactId, Wanted<Fact>>> facts;  // evidence too
};

struct PolicyTest {
  std::string name;
  Spot spot;                                  // of the name
  Scene scene;                                // without the message
  bool at_given = false;                      // the time is the test's own
  std::optional<std::string> text;            // the message
  std::optional<std::filesystem::path> file;  // or where it stands; neither: up to RCPT
  dns::Zone zone;                             // empty: no name exists
  Expectation expect;
};

}  // namespace gateway::rehearsal
