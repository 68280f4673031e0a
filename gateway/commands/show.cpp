#include "gateway/commands/show.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <optional>
#include <span>

#include "filters/registry.h"
#include "gateway/commands/as_test.h"
#include "gateway/commands/journal_place.h"
#include "gateway/commands/terminal.h"
#include "gateway/journal/decode.h"
#include "gateway/journal/harmless.h"
#include "gateway/journal/id.h"
#include "gateway/journal/index/attempts.h"
#include "gateway/journal/index/record.h"
#include "gateway/journal/index/row_reader.h"
#include "gateway/journal/index/search.h"
#include "gateway/journal/local_time.h"
#include "gateway/journal/quoted_id.h"
#include "gateway/journal/tell.h"
#include "gateway/journal/tell_audit.h"
#include "gateway/journal/tell_session.h"

namespace gateway::commands {
namespace {

namespace index = journal::index;

int complain(int status, std::string_view what) {
  fmt::print(stderr, "postern show: {}\n", what);
  return status;
}

void tell_attempts(index::Search& search, const std::string& record, const journal::PageStyle& style) {
  index::RowReader reader;
  const index::Row* const row = reader.read(record);
  if (!row || row->session) return;
  journal::Page page(style);
  page.section("other attempts of this message");
  const std::string own(row->id);
  const Time time = row->time;
  for (const index::Attempt& one : index::other_attempts(search, *row)) {
    const bool earlier = one.time < time || (one.time == time && one.id < own);
    page.line(fmt::format("{}  {}  {}  {}{}  {}", earlier ? "earlier" : "later  ",
                          journal::local_time(one.time), one.id, one.action,
                          one.rule.empty() ? "" : " by " + one.rule, one.reply));
  }
  if (const std::string text = page.take(); !text.empty()) fmt::print("\n{}", text);
}

// What people did to it since, and what retention did.
void tell_later(index::Search& search, const std::string& record, const journal::PageStyle& style) {
  index::RowReader reader;
  const index::Row* const row = reader.read(record);
  if (!row || row->session) return;
  journal::Page page(style);
  page.section("what was done later");
  for (const std::string& line : index::later_audits(search, *row, journal::tell_audit)) page.line(line);
  if (const std::string text = page.take(); !text.empty()) fmt::print("\n{}", text);
}

int tell(index::Search& search, const std::string& record, const ShowOptions& options) {
  const journal::PageStyle style = page_style(options.colour);
  const Vocabulary vocabulary = filters::make_vocabulary();
  const auto recorded = journal::decode(record, vocabulary);
  if (!recorded) return complain(1, fmt::format("its record cannot be read: {}", recorded.error().text()));
  if (recorded->session) {
    const journal::SessionEntry entry = recorded->session_entry();
    fmt::print("{}\n{}", journal::tell(entry, style), journal::tell_origin(entry, style));
    return 0;
  }
  const journal::Entry entry = recorded->entry();
  fmt::print("{}\n{}", journal::tell(entry, style), journal::tell_origin(entry, style));
  tell_later(search, record, style);
  tell_attempts(search, record, style);
  return 0;
}

int not_found(index::Search& search, const std::string& id) {
  std::string what = fmt::format("there is no record of {}", id);
  if (const auto made = journal::time_of_id(id))
    what += fmt::format(", which was made {}",
                        journal::local_time(std::chrono::floor<std::chrono::seconds>(*made)));
  const index::Coverage covered = search.coverage({}, {});
  what += covered.first ? fmt::format("; the journal covers {} to {}", journal::local_time(*covered.first),
                                      journal::local_time(*covered.last))
                        : "; the journal is empty";
  return complain(1, what);
}

int print_test(const std::string& record, const ShowOptions& options) {
  const auto test = as_test(options.config, record, options.as_is);
  if (!test) return complain(1, test.error().text());
  for (const std::string& remark : test->remarks) complain(0, remark);
  fmt::print("{}", test->text);
  return 0;
}

}  // namespace

namespace {

int show_one(index::Search& search, const std::string& record, const ShowOptions& options) {
  if (options.as_test) return print_test(record, options);
  if (!options.json) return tell(search, record, options);
  fmt::print("{}\n", journal::harmless(record));
  return 0;
}

// Each of what was named.
int show_all(index::Search& search, const std::vector<std::string>& ids, const ShowOptions& options) {
  int status = 0;
  for (const std::string& id : ids) {
    const auto record = index::find_record(search, id);
    for (const std::string& remark : search.take_remarks()) complain(0, remark);
    if (&id != &ids.front() && !options.json) fmt::print("\n");
    status = std::max(status, record ? show_one(search, *record, options) : not_found(search, id));
  }
  return status;
}

// What was pasted may hold other words that look like one: the first of which there is a record.
int show_pasted(index::Search& search, const std::vector<std::string>& ids, const ShowOptions& options) {
  for (const std::string& id : ids) {
    const auto record = index::find_record(search, id);
    for (const std::string& remark : search.take_remarks()) complain(0, remark);
    if (record) return show_one(search, *record, options);
  }
  return not_found(search, ids.front());
}

// A word of about as many letters and digits as an id has.
bool is_mistyped(const std::string& word) {
  constexpr std::size_t kLeast = 10;
  constexpr std::size_t kMost = 14;
  return word.size() >= kLeast && word.size() <= kMost && word.find_first_of("0123456789") != word.npos &&
         std::ranges::all_of(word, [](unsigned char c) { return std::isalnum(c) != 0; }) &&
         journal::quoted_ids(std::span(&word, 1)).empty();
}

}  // namespace

int show(const ShowOptions& options) {
  std::signal(SIGPIPE, SIG_DFL);  // who reads us has seen enough
  const std::vector<std::string> pasted = journal::quoted_ids(options.words);
  const auto named = journal::named_ids(options.words);
  const bool mistyped = options.words.size() > 1 && std::ranges::any_of(options.words, is_mistyped);
  if (!named && (pasted.empty() || mistyped)) return complain(2, named.error().text());
  if (pasted.empty()) return complain(2, "no id was given");
  const auto directory = journal_directory(options.config);
  auto search = directory ? index::Search::in(*directory) : Result<index::Search>(directory.error());
  if (!search) return complain(1, search.error().text());
  return named && named->size() > 1 ? show_all(*search, *named, options)
                                    : show_pasted(*search, pasted, options);
}

}  // namespace gateway::commands
