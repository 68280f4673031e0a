#pragma once
// postern journal: what is done to the journal's files.

#include <optional>
#include <string>

namespace gateway::commands {

struct JournalOptions {
  std::string config;
  std::optional<std::string> day;  // 2026-11-25; none: all
  bool json = false;
};

// Makes the indexes anew from the lines.
int rebuild_journal(const JournalOptions& options);

struct PersonOptions {
  std::string config;
  std::string address;
  bool json = false;
};

// Prints every record in which the address stands, one a line.
int export_journal(const PersonOptions& options);
// Takes the address, and what else names the person, out of all records and their indexes.
int erase_from_journal(const PersonOptions& options);

}  // namespace gateway::commands
