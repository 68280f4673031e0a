#pragma once
// postern list: shows and changes the lists of the policy.  What is changed is a list's file; the running
// gateway is told, and takes it at once.

#include <optional>
#include <string>

namespace gateway::commands {

struct ListOptions {
  std::string config;
  std::optional<std::string> name;
  std::optional<std::string> entry;
  std::optional<std::string> lasting;  // add: "4h"; none: it stays
  std::optional<std::string> note;     // add; none: the one that is there
  bool json = false;
};

// Without a name all lists; with an entry whether it is listed, and by what: 1 when it is not.
int list_show(const ListOptions& options);
// 0 also when it was there.
int list_add(const ListOptions& options);
// 1 when it was not there.
int list_remove(const ListOptions& options);

}  // namespace gateway::commands
