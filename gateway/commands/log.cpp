#include "gateway/commands/log.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <unistd.h>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <deque>
#include <exception>
#include <set>
#include <thread>

#include "gateway/commands/journal_place.h"
#include "gateway/commands/log_query.h"
#include "gateway/commands/log_table.h"
#include "gateway/commands/terminal.h"
#include "gateway/journal/harmless.h"
#include "gateway/journal/index/follower.h"
#include "gateway/journal/index/gaps.h"
#include "gateway/journal/index/search.h"
#include "gateway/journal/local_time.h"

namespace gateway::commands {
namespace {

namespace index = journal::index;

constexpr std::size_t kPage = 50;          // records, when nobody says how many
constexpr std::size_t kBeforeFollow = 10;  // likewise, in front of what comes
constexpr std::size_t kChunk = 500;        // lines that are printed together
constexpr std::chrono::milliseconds kLook{250};
constexpr std::size_t kMostGaps = 10;  // that are told

int complain(std::string_view what) {
  fmt::print(stderr, "postern log: {}\n", what);
  return 2;
}

// 0 stands for all.
Result<std::size_t> limit_of(const LogOptions& options) {
  if (!options.limit) return options.follow ? kBeforeFollow : kPage;
  std::size_t limit = 0;
  const std::string& text = *options.limit;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size())
    return Error(fmt::format("--limit: '{}' is no number of records: expected 1 or more, or 0 for all",
                             printable(text, 60)));
  return limit == 0 ? std::numeric_limits<std::size_t>::max() : limit;
}

LogTable::Of kind_of(const LogOptions& options) {
  return options.audit      ? LogTable::Of::audits
         : options.sessions ? LogTable::Of::sessions
                            : LogTable::Of::messages;
}

class Printer {
 public:
  Printer(const LogOptions& options, const journal::PageStyle& style)
      : json_(options.json), table_(kind_of(options), style) {}

  void add(const index::Row& row, std::string_view record) {
    if (json_)
      fmt::print("{}\n", journal::harmless(record));
    else
      table_.add(row);
    if (table_.waiting() >= kChunk) flush();
  }
  void flush() {
    if (!json_) fmt::print("{}", table_.take());
    std::fflush(stdout);
  }

 private:
  const bool json_;
  LogTable table_;
};

// A sentence for people, broken where the terminal ends.
void say(std::FILE* out, const LogOptions& options, std::string_view sentence) {
  journal::Page page(page_style(options.colour));
  page.paragraph(0, sentence, 0);
  fmt::print(out, "{}", page.take());
}

void tell_remarks(index::Search& search) {
  for (const std::string& remark : search.take_remarks()) fmt::print(stderr, "postern log: {}\n", remark);
}

// What cannot be found, as it was never written.
void tell_gaps(index::Search& search, const index::Query& asked) {
  for (const index::KnownGap& gap : index::find_gaps(search, asked.since, asked.until, kMostGaps))
    fmt::print(stderr, "postern log: {}\n", index::told(gap));
}

std::string period(const index::Coverage& covered) {
  return fmt::format("{} to {}", journal::local_time(*covered.first), journal::local_time(*covered.last));
}

// What there would have been to find.
void tell_coverage(index::Search& search, const LogOptions& options, const index::Query& query,
                   const std::filesystem::path& directory) {
  std::FILE* const out = options.json ? stderr : stdout;
  const index::Coverage covered = search.coverage({}, {});
  if (!covered.first)
    return say(out, options, fmt::format("The journal in {} is empty.", directory.string()));
  say(out, options, "Nothing was found.");
  say(out, options,
      fmt::format("The journal covers {}: {} with a message, {} without one.", period(covered),
                  covered.transactions, covered.sessions));
  if (!query.since && !query.until) return;
  index::Query all{.since = query.since, .until = query.until};
  const std::uint64_t transactions = search.count(all);
  all.sessions = true;
  say(out, options,
      fmt::format("In the time asked for: {} with a message, {} without one.", transactions,
                  search.count(all)));
}

// Connections of this client that came to no message are what is looked for, as often as not.
void hint_at_sessions(index::Search& search, const LogOptions& options, index::Query query) {
  if (options.sessions || options.audit) return;
  query.sessions = true;
  if (const std::uint64_t sessions = search.count(query); sessions > 0)
    say(options.json ? stderr : stdout, options,
        fmt::format("{} without a message would fit: postern log --sessions shows them.", sessions));
}

int count(index::Search& search, const LogOptions& options, const index::Query& query) {
  const std::uint64_t found = search.count(query);
  tell_remarks(search);
  if (options.json)
    fmt::print("{{\"count\": {}}}\n", found);
  else
    fmt::print("{}\n", found);
  return found > 0 ? 0 : 1;
}

[[noreturn]] void follow(const std::filesystem::path& directory, index::Search& search,
                         const LogOptions& options, const index::Query& query, std::size_t limit) {
  index::Follower follower(directory);
  std::deque<std::string> before;  // the newest first, as they are found
  search.find(query, limit, [&](const index::Search::Found& found) {
    before.emplace_back(found.line);
    return true;
  });
  tell_remarks(search);
  Printer printer(options, page_style(options.colour));
  // One may have come while the others were looked for.  Whole lines: audits of one message have one id.
  std::set<std::string, std::less<>> printed;
  index::RowReader reader;
  for (auto one = before.rbegin(); one != before.rend(); ++one) {
    if (const index::Row* const row = reader.read(*one)) printer.add(*row, *one);
    printed.insert(std::move(*one));
  }
  printer.flush();
  for (;; std::this_thread::sleep_for(kLook)) {
    bool any = false;
    follower.read(query, [&](const index::Row& row, std::string_view line) {
      if (const auto twice = printed.find(line); twice != printed.end()) return void(printed.erase(twice));
      printer.add(row, line);
      any = true;
    });
    if (any) printer.flush();
  }
}

}  // namespace

int log(const LogOptions& options) {
  std::signal(SIGPIPE, SIG_DFL);  // who reads us has seen enough
  const Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto query = log_query(options, now);
  if (!query) return complain(query.error().text());
  const auto limit = limit_of(options);
  if (!limit) return complain(limit.error().text());
  if (options.follow && (options.count || query->until))
    return complain("--follow goes on for ever: it takes neither --count nor --until");

  const auto directory = journal_directory(options.config);
  auto search = directory ? index::Search::in(*directory) : Result<index::Search>(directory.error());
  if (!search) {
    fmt::print(stderr, "postern log: {}\n", search.error().text());
    return 1;
  }
  if (options.count) return count(*search, options, *query);
  if (options.follow) follow(*directory, *search, options, *query, *limit);

  const journal::PageStyle style = page_style(options.colour);
  Printer printer(options, style);
  std::size_t found = 0;
  search->find(*query, *limit, [&](const index::Search::Found& one) {
    if (found == 0) tell_remarks(*search);
    ++found;
    printer.add(one.row, one.line);
    return true;
  });
  tell_remarks(*search);
  tell_gaps(*search, *query);
  if (found == 0) {
    tell_coverage(*search, options, *query, *directory);
    hint_at_sessions(*search, options, *query);
    return 1;
  }
  printer.flush();
  if (found == *limit && style.width != 0)
    say(stderr, options,
        fmt::format("The newest {}; --limit shows more, --count how many there are.", found));
  return 0;
}

}  // namespace gateway::commands
