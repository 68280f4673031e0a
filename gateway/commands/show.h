#pragma once
// postern show: the whole story of one transaction, or of a connection without one, from the journal.

#include <string>
#include <vector>

namespace gateway::commands {

struct ShowOptions {
  std::string config;
  std::vector<std::string> words;  // the id, or the reply it stands in, as somebody quotes it
  std::string colour = "auto";
  bool json = false;
  bool as_test = false;  // print a policy test in the place of the story
  bool as_is = false;    // with real names and addresses
};

int show(const ShowOptions& options);

}  // namespace gateway::commands
