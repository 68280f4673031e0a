// The comment behind an entry of a list file: when the entry ends, and a note.
#include "policy/language/list_text.h"

#include <gtest/gtest.h>

#include "policy/facts/value.h"
#include "tests/support/named.h"

namespace {

using namespace policy::language;

struct Case {
  std::string name;
  std::string comment;
  std::string until;  // empty: none
  std::string note;
  bool unclear = false;
};
POSTERN_NAMED(Case)

class Comments : public testing::TestWithParam<Case> {};

TEST_P(Comments, SayWhenAnEntryEnds) {
  const EntryComment read = read_comment(GetParam().comment);
  EXPECT_EQ(read.until ? policy::facts::to_text(policy::facts::Value(*read.until)) : "", GetParam().until);
  EXPECT_EQ(read.note, GetParam().note);
  EXPECT_EQ(read.unclear, GetParam().unclear);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Comments,
    testing::Values(
        Case{"none", "", "", ""}, Case{"a note", "flood", "", "flood"},
        Case{"an end and a note", "until 2026-06-01T12:00:00Z: flood", "2026-06-01T12:00:00Z", "flood"},
        Case{"an end alone", "until 2026-06-01T12:00:00Z", "2026-06-01T12:00:00Z", ""},
        Case{"a colon and nothing", "until 2026-06-01T12:00:00Z:", "2026-06-01T12:00:00Z", ""},
        Case{"a note without a colon", "Until  2026-06-01T12:00:00Z flood", "2026-06-01T12:00:00Z", "flood"},
        Case{"as people write it", "until 2026-06-01 12:00:00Z: flood", "2026-06-01T12:00:00Z", "flood"},
        Case{"the beginning of a day", "until 2026-06-01: flood", "2026-06-01T00:00:00Z", "flood"},
        Case{"a note with colons", "until 2026-06-01: a: b", "2026-06-01T00:00:00Z", "a: b"},
        Case{"words", "until further notice", "", "until further notice"},
        Case{"the word alone", "until", "", "until"},
        Case{"another word", "untilled 2026", "", "untilled 2026"},
        Case{"no such day", "until 2026-02-30", "", "until 2026-02-30", true},
        Case{"no seconds", "until 2026-06-01T12:00Z", "", "until 2026-06-01T12:00Z", true},
        Case{"half a time is not the beginning of the day", "until 2026-06-01 12:00", "",
             "until 2026-06-01 12:00", true},
        Case{"an offset", "until 2026-06-01T12:00:00+02:00", "", "until 2026-06-01T12:00:00+02:00", true},
        Case{"more digits", "until 2026-06-011", "", "until 2026-06-011", true},
        Case{"a year", "until 2027", "", "until 2027", true}),
    [](const auto& info) {
      std::string name = info.param.name;
      for (char& c : name)
        if (c == ' ') c = '_';
      return name;
    });

}  // namespace
