// The text of a list file before and after: what is asked for changes, and nothing else.
#include "gateway/list_files/list_edit.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/named.h"

namespace gateway::list_files {
namespace {

using namespace std::chrono_literals;

const Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 6 / 1) + 12h;

std::string name_of(std::string name) {
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

struct Added {
  std::string name;
  std::string before;
  Wanted wanted;
  std::string after;  // "=": nothing had to be done
  std::size_t there = 0;
  std::size_t dropped = 0;
  Kind kind = Kind::network;
};
POSTERN_NAMED(Added)

class Adding : public testing::TestWithParam<Added> {};

TEST_P(Adding, ChangesOneLine) {
  const Added& row = GetParam();
  const Change change = add(row.before, row.kind, row.wanted, kNow);
  EXPECT_EQ(change.text, row.after == "=" ? row.before : row.after);
  EXPECT_EQ(change.changed, row.after != "=");
  EXPECT_EQ(change.before.size(), row.there);
  EXPECT_EQ(change.dropped, row.dropped);
  const Change again = add(change.text, row.kind, row.wanted, kNow);
  EXPECT_FALSE(again.changed) << "twice is once";
  EXPECT_EQ(again.text, change.text);
}

const auto kFour = kNow + 4h;

INSTANTIATE_TEST_SUITE_P(
    Table, Adding,
    testing::Values(
        Added{"to nothing", "", {"192.0.2.1", {}, {}}, "192.0.2.1\n"},
        Added{"with an end and a note",
              "# floods\n",
              {"192.0.2.0/24", kFour, "flood: big"},
              "# floods\n192.0.2.0/24  # until 2026-06-01T16:00:00Z: flood: big\n"},
        Added{"with an end", "", {"192.0.2.1", kFour, {}}, "192.0.2.1  # until 2026-06-01T16:00:00Z\n"},
        Added{.name = "what stood behind an end does not become one",
              .before = "192.0.2.1  # until 2027-01-01: until 2026-01-01: flood\n",
              .wanted = {"192.0.2.1", {}, {}},
              .after = "192.0.2.1\n",
              .there = 1},
        Added{"with a note", "", {"192.0.2.1", {}, "flood"}, "192.0.2.1  # flood\n"},
        Added{"behind a last line without its end",
              "192.0.2.2",
              {"192.0.2.1", {}, {}},
              "192.0.2.2\n192.0.2.1\n"},
        Added{"with the line ends of the file",
              "192.0.2.2\r\n192.0.2.3",
              {"192.0.2.1", {}, {}},
              "192.0.2.2\r\n192.0.2.3\r\n192.0.2.1\r\n"},
        Added{"a byte order mark stays in front",
              "\xEF\xBB\xBF",
              {"192.0.2.1", {}, {}},
              "\xEF\xBB\xBF"
              "192.0.2.1\n"},
        Added{"what is there already, written otherwise", "  192.0.2.1/32\n", {"192.0.2.1", {}, {}}, "=", 1},
        Added{"what is there for ever gets an end, in its place",
              "# a\n  192.0.2.1   # spam\n\n192.0.2.2\n",
              {"192.0.2.1", kFour, {}},
              "# a\n  192.0.2.1   # until 2026-06-01T16:00:00Z: spam\n\n192.0.2.2\n",
              1},
        Added{"what has an end gets another",
              "192.0.2.1 # until 2026-06-01T13:00:00Z: spam\r\n",
              {"192.0.2.1", kFour, "flood"},
              "192.0.2.1 # until 2026-06-01T16:00:00Z: flood\r\n",
              1},
        Added{"what has an end gets none",
              "192.0.2.1 # until 2026-06-02\n",
              {"192.0.2.1", {}, {}},
              "192.0.2.1\n",
              1},
        Added{"the same end again",
              "192.0.2.1 # until 2026-06-01T16:00:00Z: spam",
              {"192.0.2.1", kFour, {}},
              "=",
              1},
        Added{"what has ended comes back",
              "192.0.2.1 # until 2026-05-31: spam\n",
              {"192.0.2.1", kFour, {}},
              "192.0.2.1 # until 2026-06-01T16:00:00Z: spam\n",
              1},
        Added{"what stands there twice stands there once then",
              "192.0.2.1 # one\n192.0.2.2\n192.0.2.1/32\n",
              {"192.0.2.1", kFour, {}},
              "192.0.2.1 # until 2026-06-01T16:00:00Z: one\n192.0.2.2\n",
              2},
        Added{"what ended long ago goes, and its comment lines stay",
              "# march\n192.0.2.9 # until 2026-05-02T12:00:00Z: old\n192.0.2.8 # until 2026-05-02T12:00:01Z: "
              "old\n",
              {"192.0.2.1", {}, {}},
              "# march\n192.0.2.8 # until 2026-05-02T12:00:01Z: old\n192.0.2.1\n",
              0,
              1},
        Added{"what is no entry of the kind stays",
              "nonsense\n",
              {"192.0.2.1", {}, {}},
              "nonsense\n192.0.2.1\n"},
        Added{
            "a domain", "A.example\n", {"a.example", {}, "ours"}, "A.example  # ours\n", 1, 0, Kind::domain},
        Added{"a name", "Zoë Exemplar\n", {"exemplar zoe", {}, {}}, "=", 1, 0, Kind::name},
        Added{"a text with a number sign", "a#b\n", {"a#c", {}, {}}, "a#b\na#c\n", 0, 0, Kind::text}),
    [](const auto& info) { return name_of(info.param.name); });

struct Removed {
  std::string name;
  std::string before;
  std::string entry;
  std::string after;  // "=": it was not there
  std::size_t there = 1;
  std::size_t dropped = 0;
};
POSTERN_NAMED(Removed)

class Removing : public testing::TestWithParam<Removed> {};

TEST_P(Removing, TakesLinesOut) {
  const Removed& row = GetParam();
  const Change change = remove(row.before, Kind::network, row.entry, kNow);
  EXPECT_EQ(change.text, row.after == "=" ? row.before : row.after);
  EXPECT_EQ(change.changed, row.after != "=");
  EXPECT_EQ(change.before.size(), row.there);
  EXPECT_EQ(change.dropped, row.dropped);
  EXPECT_FALSE(remove(change.text, Kind::network, row.entry, kNow).changed);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Removing,
    testing::Values(
        Removed{"from between", "# a\n192.0.2.1\n192.0.2.2 # b\n\n192.0.2.3", "192.0.2.2",
                "# a\n192.0.2.1\n\n192.0.2.3"},
        Removed{"the last line", "192.0.2.1\n192.0.2.2", "192.0.2.2", "192.0.2.1\n"},
        Removed{"all that say it", "192.0.2.1\n192.0.2.2\n192.0.2.1/32 # again\n", "192.0.2.1", "192.0.2.2\n",
                2},
        Removed{"what has ended, too", "192.0.2.1 # until 2026-05-31\n192.0.2.2\n", "192.0.2.1",
                "192.0.2.2\n"},
        Removed{"not the network it is in", "192.0.2.0/24\n", "192.0.2.1", "=", 0},
        Removed{"not what is in it", "192.0.2.1\n", "192.0.2.0/24", "=", 0},
        Removed{"from nothing", "", "192.0.2.1", "=", 0},
        Removed{"not there: what ended long ago stays as well", "192.0.2.9 # until 2026-01-01\n", "192.0.2.1",
                "=", 0},
        Removed{"what ended long ago goes", "192.0.2.9 # until 2026-01-01\n# a\n192.0.2.1\n", "192.0.2.1",
                "# a\n", 1, 1},
        Removed{"the last entry, and comments stay", "# floods\n192.0.2.1\n", "192.0.2.1", "# floods\n"},
        Removed{"the last word of the file", "192.0.2.1\r\n\r\n", "192.0.2.1",
                "\r\n# the last entry was removed at 2026-06-01T12:00:00Z\r\n"},
        Removed{"the last word of the file behind its mark",
                "\xEF\xBB\xBF"
                "192.0.2.1",
                "192.0.2.1", "\xEF\xBB\xBF# the last entry was removed at 2026-06-01T12:00:00Z\n"}),
    [](const auto& info) { return name_of(info.param.name); });

TEST(TakenOut, IsWhatCountedAndIsGone) {
  const std::string text =
      "192.0.2.1\n192.0.2.1 # until 2026-07-01\n192.0.2.1 # until 2026-05-01\n192.0.2.2\n192.0.2.3 # until "
      "2026-01-01\n";
  EXPECT_EQ(remove(text, Kind::network, "192.0.2.1", kNow).taken_out, 2u);
  EXPECT_EQ(add(text, Kind::network, {"192.0.2.1", kFour, {}}, kNow).taken_out, 1u);
  EXPECT_EQ(add(text, Kind::network, {"192.0.2.9", {}, {}}, kNow).taken_out, 0u);
  EXPECT_EQ(remove(text, Kind::network, "192.0.2.9", kNow).taken_out, 0u);
}

TEST(Search, FindsWhatListsAnEntry) {
  const std::string text =
      "192.0.0.0/16 # wide\n192.0.2.0/24 # until 2026-05-31: over\n\n192.0.2.1 # until "
      "2026-06-02\n10.0.0.0/8\n";
  Search search(Kind::network, "192.0.2.1");
  each_entry(text, kNow, [&](const Line& line) { search.look(line); });
  ASSERT_EQ(search.same().size(), 1u);
  EXPECT_EQ(search.same()[0].number, 4u);
  EXPECT_FALSE(search.same()[0].ended);
  ASSERT_EQ(search.covering().size(), 1u) << "what has ended covers nothing";
  EXPECT_EQ(search.covering()[0].entry, "192.0.0.0/16");
  EXPECT_EQ(search.covering()[0].note, "wide");
}

TEST(Entries, WhatCannotStandInTheListIsRefusedWithWhatWasExpected) {
  EXPECT_EQ(why_no_entry("192.0.2.0/24", {Kind::network}), "");
  EXPECT_EQ(why_no_entry("a.example", {Kind::network}),
            "'a.example' is not an IP address or a network: the list is of type network");
  EXPECT_EQ(why_no_entry("ann@a.example", {Kind::domain}),
            "'ann@a.example' is not a domain: the list is of type domain");
  EXPECT_EQ(why_no_entry("a.example", {Kind::domain, Kind::text}), "");
  EXPECT_EQ(why_no_entry("anything goes", {}), "");
  for (const std::string bad : {"", " a", "a ", "#a", "a #b", "a\nb", "a\rb", "\x1b[2J", "a\tb", "\xFF"})
    EXPECT_NE(why_no_entry(bad, {Kind::text}), "") << bad;
  EXPECT_NE(why_no_entry(std::string("a\0b", 3), {}), "");
}

TEST(Notes, HoldOneLineThatIsNoEnd) {
  for (const std::string fine : {"", "flood", "until further notice", "2026-01-01", "# 5", ": a"})
    EXPECT_EQ(why_no_note(fine), "") << fine;
  for (const std::string bad : {"a\nb", "a\r", "\x1b[2J", " a", "a ", "until 2026-06-01", "until 2026-99-99",
                                "\xE2\x80\xAE"
                                "a"})
    EXPECT_NE(why_no_note(bad), "") << bad;
  EXPECT_NE(why_no_note(std::string(501, 'x')), "");
}

// Whatever is in the file: what was added is found with its end and note, what is removed is not, and every
// line of another entry and every comment stays as it was.
TEST(Edits, KeepEverythingElse) {
  std::mt19937 random(20260601);
  const auto one_of = [&](const std::vector<std::string>& words) { return words[random() % words.size()]; };
  const std::vector<std::string> entries{
      "192.0.2.1", "192.0.2.1/32", "192.0.2.0/24", "2001:db8::1", "nonsense", "", "  192.0.2.7\t"};
  const std::vector<std::string> comments{
      "", " # note", "\t#until 2026-06-02", " # until 2026-07-01T00:00:00Z: x", "# no comment here", " #"};
  const std::vector<std::string> ends{"\n", "\r\n", "\n\n"};
  for (int round = 0; round < 2000; ++round) {
    std::string text = random() % 5 ? "" : "\xEF\xBB\xBF";
    for (unsigned lines = random() % 6; lines > 0; --lines)
      text += one_of(entries) + one_of(comments) + (lines == 1 && random() % 2 ? "" : one_of(ends));
    const Wanted wanted{
        one_of({"192.0.2.1", "192.0.2.7", "2001:db8::1", "192.0.2.0/24"}),
        random() % 2 ? std::optional(kNow + std::chrono::seconds(1 + random() % 100000)) : std::nullopt,
        random() % 2 ? std::optional(one_of({"", "a", "until later", "# x", ": y", "7"})) : std::nullopt};
    const auto others = [&](std::string_view of) {
      std::vector<std::string> rest;
      std::vector<unsigned> mine;
      each_entry(of, kNow, [&](const Line& line) {
        Search search(Kind::network, wanted.entry);
        search.look(line);
        if (!search.same().empty()) mine.push_back(line.number);
      });
      unsigned number = 0;
      for (std::string_view left = of; !left.empty();) {
        const std::size_t end = left.find('\n');
        std::string_view line = left.substr(0, end);
        left.remove_prefix(end == left.npos ? left.size() : end + 1);
        if (std::ranges::find(mine, ++number) != mine.end()) continue;
        if (line.ends_with('\r')) line.remove_suffix(1);
        rest.emplace_back(line);
      }
      return std::pair(rest, mine.size());
    };
    const auto [before, there] = others(text);
    const Change added = add(text, Kind::network, wanted, kNow);
    SCOPED_TRACE(testing::PrintToString(text) + " with " + wanted.entry + " becomes " +
                 testing::PrintToString(added.text));
    const auto [after, once] = others(added.text);
    if (there > 0 || !text.ends_with('\n')) {
      EXPECT_EQ(once, there > 1 && !added.changed ? there : 1u);
    }
    if (text.substr(0, 3) != "\xEF\xBB\xBF") {
      EXPECT_EQ(after, before);
    }
    Search search(Kind::network, wanted.entry);
    each_entry(added.text, kNow, [&](const Line& line) { search.look(line); });
    ASSERT_EQ(search.same().size(), 1u);
    EXPECT_EQ(search.same()[0].until, wanted.until);
    if (wanted.note) {
      EXPECT_EQ(search.same()[0].note, *wanted.note);
    }
    const Change removed = remove(added.text, Kind::network, wanted.entry, kNow);
    EXPECT_TRUE(removed.changed);
    EXPECT_EQ(others(removed.text).second, 0u);
    EXPECT_FALSE(trim(removed.text).empty()) << "an empty file would look like an accident";
  }
}

}  // namespace
}  // namespace gateway::list_files
