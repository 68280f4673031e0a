#pragma once
// The index of one day's lines: where the records with certain terms stand, and what is counted by the hour.
// It is made from the lines and can be made again at any time.
//
// Rows have the number of their place.  FTS5 keeps for each term the rows that have it, and no text.  How
// many lines are in it stands in the same commit.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "gateway/journal/index/days.h"
#include "gateway/journal/index/index_lock.h"
#include "gateway/journal/index/line_reader.h"
#include "gateway/journal/index/query.h"
#include "gateway/journal/index/sqlite.h"
#include "gateway/journal/index/tally.h"

namespace gateway::journal::index {

class DayIndex {
 public:
  static constexpr int kSchema = 4;

  struct Content {
    std::uint64_t octets = 0;  // of the lines, that are in the index
    std::uint64_t lines = 0;
    std::uint64_t unreadable = 0;  // lines that are no record
    std::uint64_t transactions = 0;
    std::uint64_t sessions = 0;
    std::optional<Time> first, last;  // of the records
  };

  // Throws SqliteError: `missing` where there is none to read, `corrupt` for one that is damaged or of
  // another schema.  With the right to write a new one is made where there is none; who reads sees it to the
  // end as it is now.
  DayIndex(const DayFiles& files, Database::Access access);
  ~DayIndex();
  DayIndex(const DayIndex&) = delete;
  DayIndex& operator=(const DayIndex&) = delete;

  Content content();
  // Whether the last line in the index still stands where it stood: if not, the lines are others.
  bool fits(LineReader& lines);

  // Takes further lines, at most so many octets, in one commit.  How many lines it took.
  std::size_t advance(LineReader& lines, std::size_t most_octets);
  void clear();
  // Whether it is still the file of that name: it may have been removed, or made anew by another.
  bool in_place() const;

  struct Hit {
    RowNumber row;
    std::uint64_t at;  // offset of the line
  };
  // Of these rows, the newest first, at most so many.
  std::vector<Hit> find(const Query& query, const RowRange& rows, std::size_t most);
  std::uint64_t count(const Query& query);
  // The newest of these rows, of whatever kind.
  std::vector<Hit> newest(const RowRange& rows, std::size_t most);
  // Adds what these hours, both of them in it, come to together for each of these kinds: all of it is counted
  // for the first one.
  void add_totals(std::span<const Counted> kinds, std::int64_t first_hour, std::int64_t last_hour,
                  Tally& tally);
  // Adds one kind, hour by hour.
  void add_hours(std::int64_t first_hour, std::int64_t last_hour, Counted what, Tally& tally);

 private:
  struct Parts;
  DayIndex(const DayFiles& files, Database::Access access, const IndexLock& lock);

  const std::filesystem::path path_;
  const Database::Access access_;
  Database database_;
  std::uint64_t inode_;
  const Day day_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gateway::journal::index
