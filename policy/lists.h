#pragma once
// The lists of a policy, as those see them who show, change and watch them.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/entry_list.h"
#include "policy/facts/value.h"
#include "policy/file_stamp.h"

namespace policy {

class Policy;

// What is said of a list in [lists].
struct ListInfo {
  std::string name;
  std::string where;           // "policy.toml:24"
  std::filesystem::path file;  // empty: its entries stand in the policy file
  // What an entry must be, as declared and as rules use it, the strictest first; empty: nothing asks yet.
  std::vector<EntryList::Kind> kinds;
  std::vector<std::string> entries;  // those in the policy file
};

// A list file that a policy was made with.
struct ListFileState {
  std::string list;
  std::filesystem::path file;
  FileStamp stamp;               // of what was read
  std::size_t entries = 0;       // that count
  std::optional<Time> next_end;  // when the first of them ceases to count
};

// What came of reading one list file again.
struct ListReading {
  std::string list;
  std::filesystem::path file;
  std::size_t before = 0;  // entries that counted so far, without those whose time has come
  std::size_t found = 0;   // that the file has now; 0 when it could not be read
  std::string kept;        // why the old entries stay; empty: the new ones were taken
};

struct ListsRead {
  std::shared_ptr<const Policy> policy;  // null: nothing was taken
  std::vector<ListReading> lists;  // of the files asked for
  std::vector<ListReading> ended;  // others that have lost entries whose time has come
};

// Why a list file is not taken in the place of what it held before; empty: it is.  `blank`: there is nothing
// in it, no comment either.  Some entries may always go; many at once are an accident, as a rule.
std::string why_not_taken(std::size_t before, std::size_t found, bool blank);

}  // namespace policy
