#include "gateway/journal/index/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <stdexcept>
#include <utility>

#include "gateway/journal/day_file.h"
#include "gateway/journal/index/day_index.h"
#include "gateway/journal/index/line_reader.h"
#include "gateway/journal/index/row_reader.h"

namespace gateway::journal::index {
namespace {

using Hit = DayIndex::Hit;

constexpr std::uint64_t kUsualLag = 16 << 20;  // octets without an index that nobody need hear of
constexpr std::size_t kLooked = 600;           // lines: about 20 ms

bool is_newer(const Hit& a, const Hit& b) { return a.row > b.row; }

// A day with its lines, and as much of an index as there is.
class OpenDay {
 public:
  using Remark = std::function<void(std::string)>;

  OpenDay(const DayFiles& files, const std::function<bool()>& given_up, Remark remark)
      : files_(files),
        given_up_(given_up),
        remark_(std::move(remark)),
        lines_(LineReader::open(files.lines)) {
    if (!lines_) return;  // removed since the directory was read
    try {
      auto index = std::make_unique<DayIndex>(files, Database::Access::read);
      if (!index->fits(*lines_)) throw SqliteError(SqliteError::Kind::corrupt, "it is not of these lines");
      content_ = index->content();
      index_ = std::move(index);
      if (lines_->size() > content_.octets + kUsualLag)
        remark_(fmt::format("the index of {} is behind: {} MB are read instead", name(),
                            (lines_->size() - content_.octets) / 1'000'000));
    } catch (const SqliteError& error) {
      if (lines_->size() > kUsualLag)
        remark_(fmt::format("{} has no index that can be used ({}): its lines are read, which takes longer",
                            name(), printable(error.what())));
    }
  }

  bool there() const { return lines_.has_value(); }
  const DayIndex::Content& content() const { return content_; }  // of the index

  // Where there is an index.  One that turns out to be damaged is passed over: all lines are new then.
  template <class Use>
  void with_index(Use use) {
    if (!index_) return;
    try {
      use(*index_);
    } catch (const SqliteError& error) {
      remark_(fmt::format("the index of {} cannot be read ({}): postern journal rebuild makes it anew",
                          name(), printable(error.what())));
      index_.reset();
      content_ = {};
    }
  }

  // Each readable record that is in no index.
  template <class Hear>
  void for_each_new(Hear hear) {
    lines_->seek(content_.octets);
    std::uint64_t count = content_.lines;
    while (const auto line = lines_->next()) {
      if (given_up_ && given_up_()) throw std::runtime_error("the search was given up");
      const Row* const row = reader_.read(line->text);
      if (row) hear(*row, Hit{row_number(files_.day, row->time, count), line->at});
      ++count;
    }
  }

  std::vector<Hit> find(const Query& query, std::size_t most, const std::optional<Place>& behind) {
    const RowRange rows = rows_between(files_.day, query.since, query.until, behind);
    std::vector<Hit> indexed;
    with_index([&](DayIndex& index) { indexed = find_in(index, query, rows, most); });
    std::vector<Hit> hits;  // a heap with the oldest in front, so that no more than `most` are kept
    for_each_new([&](const Row& row, const Hit& hit) {
      if (!rows.has(hit.row) || !matches(query, row)) return;
      if (hits.size() == most) {
        if (!is_newer(hit, hits.front())) return;
        std::ranges::pop_heap(hits, is_newer);
        hits.pop_back();
      }
      hits.push_back(hit);
      std::ranges::push_heap(hits, is_newer);
    });
    std::ranges::sort(hits, is_newer);
    std::vector<Hit> both(hits.size() + indexed.size());
    std::ranges::merge(hits, indexed, both.begin(), is_newer);
    if (both.size() > most) both.resize(most);
    return both;
  }

  // The record there, if it is still the one that was found.
  const Row* read(const Hit& hit, const Query& query, std::string& text) {
    lines_->seek_whole(hit.at);
    const auto line = lines_->next();
    if (!line) return nullptr;
    text = line->text;
    const Row* const row = reader_.read(text);
    return row && matches(query, *row) ? row : nullptr;
  }

  std::uint64_t octets_without_index() const {
    return lines_->size() - std::min(lines_->size(), content_.octets);
  }
  Day day() const { return files_.day; }
  std::string name() const { return files_.lines.filename().string(); }
  void close_index() { index_.reset(); }  // who reads on for long must not keep the writer from tidying up

 private:
  // SQLite puts together all rows of all words with that beginning before it tells the first of them.  Where
  // they are so many that the newest lines have enough of them, it is not asked.
  std::vector<Hit> find_in(DayIndex& index, const Query& query, const RowRange& rows, std::size_t most) {
    const bool open = std::ranges::any_of(query.all_of, [](const Criterion& one) { return one.prefix; });
    if (!open || most > kLooked) return index.find(query, rows, most);
    std::vector<Hit> newest = index.newest(rows, kLooked);
    std::ranges::sort(newest, {}, &Hit::at);  // read in one go
    std::string text;
    std::erase_if(newest, [&](const Hit& hit) { return !read(hit, query, text); });
    if (newest.size() < most) return index.find(query, rows, most);
    std::ranges::sort(newest, is_newer);
    newest.resize(most);
    return newest;
  }

  const DayFiles& files_;
  const std::function<bool()>& given_up_;
  const Remark remark_;
  std::optional<LineReader> lines_;
  std::unique_ptr<DayIndex> index_;
  DayIndex::Content content_;
  RowReader reader_;
};

}  // namespace

Result<Search> Search::in(const std::filesystem::path& directory, std::function<bool()> given_up) {
  auto days = days_in(directory);
  if (!days) return days.error();
  return Search(std::move(*days), std::move(given_up));
}

// A record stands in the file of the day it ended, so that one of the evening before may be in it.
std::vector<DayFiles> Search::days_between(std::optional<Time> since, std::optional<Time> until) const {
  std::vector<DayFiles> days;
  for (const DayFiles& files : days_)
    if ((!since || files.day + std::chrono::days(1) > *since) &&
        (!until || files.day - std::chrono::days(1) <= *until))
      days.push_back(files);
  return days;
}

void Search::remark(std::string text) {
  if (std::ranges::find(remarks_, text) == remarks_.end()) remarks_.push_back(std::move(text));
}

std::vector<std::string> Search::take_remarks() {
  const auto begin = remarks_.begin() + static_cast<std::ptrdiff_t>(told_);
  told_ = remarks_.size();
  return {begin, remarks_.end()};
}

namespace {

struct DayHits {
  std::unique_ptr<OpenDay> day;
  std::vector<Hit> hits;  // the newest first
  std::size_t next = 0;

  bool done() const { return next == hits.size(); }
  Place place() const { return {day->day(), hits[next].row}; }
};

}  // namespace

// A file has records of its day and of what began on the day before, so that two files may have to be merged.
void Search::find(const Query& query, std::size_t most, const std::function<bool(const Found&)>& hear,
                  const std::optional<Place>& behind) {
  const std::vector<DayFiles> days = days_between(query.since, query.until);
  auto unopened = days.begin();
  std::vector<DayHits> open;
  std::string text;
  while (most > 0) {
    std::erase_if(open, [](const DayHits& one) { return one.done(); });
    const auto newest = std::ranges::max_element(open, {}, &DayHits::place);
    const bool older =
        unopened != days.end() &&
        (newest == open.end() || newest->place().time() < unopened->day + std::chrono::days(1));
    if (older) {
      auto day = std::make_unique<OpenDay>(*unopened++, given_up_,
                                           [this](std::string what) { remark(std::move(what)); });
      if (!day->there()) continue;
      std::vector<Hit> hits = day->find(query, most, behind);
      day->close_index();
      open.push_back({std::move(day), std::move(hits)});
      continue;
    }
    if (newest == open.end()) return;
    const Place place = newest->place();
    const Row* const row = newest->day->read(newest->hits[newest->next++], query, text);
    if (!row) {
      remark(fmt::format("the lines of {} have changed while they were read", newest->day->name()));
      continue;
    }
    --most;
    if (!hear({*row, text, place})) return;
  }
}

std::uint64_t Search::count(const Query& query) {
  std::uint64_t all = 0;
  for (const DayFiles& files : days_between(query.since, query.until)) {
    OpenDay day(files, given_up_, [this](std::string what) { remark(std::move(what)); });
    if (!day.there()) continue;
    day.with_index([&](DayIndex& index) { all += index.count(query); });
    day.for_each_new([&](const Row& row, const Hit&) { all += matches(query, row) ? 1 : 0; });
  }
  return all;
}

void Search::count_hours(std::optional<Time> since, std::optional<Time> until,
                         const std::function<void(DayIndex&, std::int64_t, std::int64_t, Tally&)>& use,
                         const std::function<void(const Row&)>& take, Tally& tally) {
  const std::int64_t first = since ? hour_of(*since) : std::numeric_limits<std::int64_t>::min();
  const std::int64_t last = until ? hour_of(*until) : std::numeric_limits<std::int64_t>::max();
  for (const DayFiles& files : days_between(since, until)) {
    OpenDay day(files, given_up_, [this](std::string what) { remark(std::move(what)); });
    if (!day.there()) continue;
    day.with_index([&](DayIndex& index) {
      Tally of_day;  // all of it or nothing
      use(index, first, last, of_day);
      tally.add(std::move(of_day));
    });
    day.for_each_new([&](const Row& row, const Hit&) {
      if (const std::int64_t hour = hour_of(row.time); hour >= first && hour <= last) take(row);
    });
  }
}

Tally Search::totals(std::optional<Time> since, std::optional<Time> until, std::span<const Counted> kinds) {
  Tally all;
  Tally lines;
  const auto use = [&](DayIndex& index, std::int64_t first, std::int64_t last, Tally& tally) {
    index.add_totals(kinds, first, last, tally);
  };
  count_hours(
      since, until, use, [&](const Row& row) { lines.add(row); }, all);
  const std::int64_t hour = since ? hour_of(*since) : std::numeric_limits<std::int64_t>::min();
  for (const auto& [key, count] : lines.counts())
    if (std::ranges::find(kinds, key.what) != kinds.end()) all.add(hour, key.what, key.text, count);
  return all;
}

Tally Search::by_hour(Counted what, std::optional<Time> since, std::optional<Time> until) {
  Tally hours;
  const auto use = [&](DayIndex& index, std::int64_t first, std::int64_t last, Tally& tally) {
    index.add_hours(first, last, what, tally);
  };
  const auto take = [&](const Row& row) {
    Tally all;
    all.add(row);
    for (const auto& [key, count] : all.counts())
      if (key.what == what) hours.add(key.hour, key.what, key.text, count);
  };
  count_hours(since, until, use, take, hours);
  return hours;
}

Coverage Search::coverage(std::optional<Time> since, std::optional<Time> until) {
  Coverage coverage;
  const auto meet = [&](Time time) {
    coverage.first = std::min(coverage.first.value_or(time), time);
    coverage.last = std::max(coverage.last.value_or(time), time);
  };
  for (const DayFiles& files : days_between(since, until)) {
    OpenDay day(files, given_up_, [this](std::string what) { remark(std::move(what)); });
    if (!day.there()) continue;
    ++coverage.days;
    coverage.transactions += day.content().transactions;
    coverage.sessions += day.content().sessions;
    if (day.content().first) meet(*day.content().first);
    if (day.content().last) meet(*day.content().last);
    day.for_each_new([&](const Row& row, const Hit&) {
      if (row.note.empty()) ++(row.session ? coverage.sessions : coverage.transactions);
      meet(row.time);
    });
  }
  return coverage;
}

std::uint64_t Search::octets_without_index(std::optional<Time> since, std::optional<Time> until) {
  std::uint64_t octets = 0;
  for (const DayFiles& files : days_between(since, until)) {
    const OpenDay day(files, given_up_, [](const std::string&) {});  // it is told when it is read
    if (day.there()) octets += day.octets_without_index();
  }
  return octets;
}

}  // namespace gateway::journal::index
