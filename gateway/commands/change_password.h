#pragma once
// postern password: who may log in to the review pages.

#include <optional>
#include <string>

namespace gateway::commands {

struct PasswordOptions {
  std::string config;
  std::string name;
  std::optional<std::string> role;  // view or operate; nothing: as it was, view for somebody new
  std::optional<std::string> file;  // in the place of [review] passwords
  bool remove = false;
};

// Asks for the password on the terminal, without showing it, or reads a line of standard input.
int change_password(const PasswordOptions& options);

}  // namespace gateway::commands
