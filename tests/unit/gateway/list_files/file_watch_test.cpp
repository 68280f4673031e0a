// When a list file is read again: each row is what one look after the other sees.
#include "gateway/list_files/file_watch.h"

#include <gtest/gtest.h>

#include "policy/facts/text.h"
#include "tests/support/named.h"

namespace gateway::list_files {
namespace {

using policy::FileStamp;

struct Case {
  std::string name;
  // A letter for each state of the file; '-': it cannot be looked at; a capital one: an entry in force ended.
  std::string seen;
  // '.': nothing, 'r': read and taken, 'k': read and kept, 'K': kept and told, 'e': what has ended is taken
  // out, 'u': unsettled
  std::string steps;
  std::string why = std::string(100, 'x');  // for each time it is kept, a letter for the reason
};
POSTERN_NAMED(Case)

// What is read is kept where the row expects it.
std::string steps(const Case& row) {
  FileWatch watch;
  FileStamp taken{.inode = 'a'};
  std::string done;
  std::size_t kept = 0;
  for (const char c : row.seen) {
    const bool ended = c >= 'A' && c <= 'Z';
    const auto seen =
        c == '-' ? std::nullopt
                 : std::optional(FileStamp{.inode = static_cast<std::uint64_t>(policy::to_lower(c))});
    switch (watch.look(seen, taken, ended)) {
      case FileWatch::Step::nothing: done += '.'; break;
      case FileWatch::Step::expire: done += 'e'; break;
      case FileWatch::Step::unsettled: done += 'u'; break;
      case FileWatch::Step::read:
        if (seen && row.steps.substr(done.size(), 1) == "r") {
          taken = *seen;
          watch.taken();
          done += 'r';
        } else {
          done += watch.kept(row.why.substr(kept++, 1)) ? 'K' : 'k';
        }
        break;
    }
  }
  return done;
}

class Looks : public testing::TestWithParam<Case> {};

TEST_P(Looks, DecideWhatIsRead) { EXPECT_EQ(steps(GetParam()), GetParam().steps); }

std::string several(std::string_view what, std::size_t times) {
  std::string all;
  while (all.size() < times) all += what;
  return all.substr(0, times);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Looks,
    testing::Values(
        Case{"nothing_changes", "aaaa", "...."}, Case{"seen_once_it_may_still_be_written", "aab", "..."},
        Case{"seen_twice_it_is_read", "abbbb", "..r.."}, Case{"changed_before_the_first_look", "bb", ".r"},
        Case{"changed_again_before_it_is_read", "abcc", "...r"},
        Case{"changed_and_changed_back", "abaab", "....."}, Case{"changed_twice", "abbcc", "..r.r"},
        Case{"kept_and_told_once", "abbbbb", "..K..."}, Case{"kept_and_then_mended", "abbbcc", "..K..r"},
        Case{"kept_and_then_put_back", "abbbaaa", "..K...."},
        Case{"kept_put_back_and_broken_again", "abbaabb", "..K...K"},
        Case{"kept_and_changed_to_something_else_that_is_not_taken", "abbcc", "..K.K"},
        Case{"gone", "a---", "..K."}, Case{"gone_for_a_moment", "a-aa", "...."},
        Case{"gone_and_back", "a--bb", "..K.r"}, Case{"an_entry_ends", "aaAa", "..r."},
        Case{"an_entry_ends_at_the_first_look", "Aa", "r."},
        Case{"an_entry_has_ended_and_the_file_cannot_be_read_told_once", "aAAA", ".Kkk"},
        Case{"an_entry_ends_in_a_file_that_is_not_taken", "abbbBb", "..K.e."},
        Case{"an_entry_ends_while_the_file_changes", "abCb", "..e."},
        Case{"it_is_told_again_for_another_reason", "aAAA", ".KkK", "xxy"},
        Case{"it_changes_all_the_time", several("bc", 40), several(".", 29) + "u" + several(".", 10)},
        Case{"and_comes_to_rest", several("bc", 35) + "bb", several(".", 29) + "u" + several(".", 5) + "r."},
        Case{"and_changes_all_the_time_again", several("bc", 31) + "bbb" + several("cd", 30),
             several(".", 29) + "u." + "r.." + several(".", 29) + "u"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace gateway::list_files
