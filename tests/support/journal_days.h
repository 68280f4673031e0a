#pragma once
// A journal for tests of what reads it: days of lines, of records that a test says in a few words.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/journal_entry.h"
#include "tests/support/temporary_directory.h"

namespace support {

inline constexpr std::chrono::sys_days kJournalDay{std::chrono::year{2026} / 11 / 25};

class JournalDays {
 public:
  const std::filesystem::path& directory() const { return root_.path(); }
  std::filesystem::path lines(std::chrono::sys_days day = kJournalDay) const;
  std::filesystem::path index(std::chrono::sys_days day = kJournalDay) const;

  void append(const std::string& text, std::chrono::sys_days day = kJournalDay);  // as it is
  void add(const SampleEntry& entry);                                             // to the day of its start
  void add(const SampleSession& entry);
  // Takes all lines of a day into its index.
  void make_index(std::chrono::sys_days day = kJournalDay);

 private:
  TemporaryDirectory root_;
};

// The record of a transaction that was accepted, `after` the midnight of kJournalDay; ids follow each other.
SampleEntry accepted_at(std::chrono::seconds after);
SampleSession session_at(std::chrono::seconds after);

}  // namespace support
