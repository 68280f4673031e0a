#pragma once
// Looks through the journal: by the indexes as far as they are, and by reading the lines that no index has.
// What is found is the same with and without them.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/journal/index/days.h"
#include "gateway/journal/index/query.h"
#include "gateway/journal/index/tally.h"

namespace gateway::journal::index {

class DayIndex;

struct Coverage {  // what there is, of the days asked for
  std::size_t days = 0;
  std::uint64_t transactions = 0;
  std::uint64_t sessions = 0;
  std::optional<Time> first, last;
};

class Search {
 public:
  struct Found {
    const Row& row;
    std::string_view line;  // the record
    Place place;
  };

  // Fails when there is no journal that can be read.  Where lines are read, `given_up` is asked for each;
  // once it says yes, std::runtime_error is thrown.
  static Result<Search> in(const std::filesystem::path& directory, std::function<bool()> given_up = {});

  // The newest first, in the order of their places, until hear() says false; at most so many.  With `behind`
  // it goes on with what is older than the record of that place.
  void find(const Query& query, std::size_t most, const std::function<bool(const Found&)>& hear,
            const std::optional<Place>& behind = {});
  std::uint64_t count(const Query& query);
  // Of whole hours, all of them together: their counts stand under one hour.
  Tally totals(std::optional<Time> since, std::optional<Time> until,
               std::span<const Counted> kinds = kAllCounted);
  // One kind, hour by hour.
  Tally by_hour(Counted what, std::optional<Time> since, std::optional<Time> until);
  // Of the days that can hold what this period does.
  Coverage coverage(std::optional<Time> since, std::optional<Time> until);

  // How much of the lines of these days would have to be read.
  std::uint64_t octets_without_index(std::optional<Time> since, std::optional<Time> until);

  // What a person should know of how it was found: that an index is missing, say.  Each is told once.
  std::vector<std::string> take_remarks();

 private:
  Search(std::vector<DayFiles> days, std::function<bool()> given_up)
      : days_(std::move(days)), given_up_(std::move(given_up)) {}
  std::vector<DayFiles> days_between(std::optional<Time> since, std::optional<Time> until) const;
  void remark(std::string text);
  // `use` the index of each day that can hold some of these hours, and `take` what is in none.
  void count_hours(std::optional<Time> since, std::optional<Time> until,
                   const std::function<void(DayIndex&, std::int64_t first, std::int64_t last, Tally&)>& use,
                   const std::function<void(const Row&)>& take, Tally& tally);

  std::vector<DayFiles> days_;  // the newest first
  std::function<bool()> given_up_;
  std::vector<std::string> remarks_;
  std::size_t told_ = 0;
};

}  // namespace gateway::journal::index
