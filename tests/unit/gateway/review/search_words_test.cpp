#include "gateway/review/search_words.h"

#include <gtest/gtest.h>

namespace gateway::review {
namespace {

constexpr Time kNow{std::chrono::seconds(1'795'600'000)};

std::string shown(const SearchWords& words) {
  std::string all;
  for (const SearchWord& word : words)
    all.append("[").append(word.name).append("|").append(word.value).append("]");
  return all;
}

struct Case {
  std::string_view typed;
  std::string_view words;
};

class Typed : public testing::TestWithParam<Case> {};

TEST_P(Typed, is_read_and_comes_back) {
  const auto words = read_search(GetParam().typed);
  ASSERT_TRUE(words) << words.error().text();
  EXPECT_EQ(shown(*words), GetParam().words);
  const auto again = read_search(typed(*words));
  ASSERT_TRUE(again) << typed(*words);
  EXPECT_EQ(*again, *words) << typed(*words);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Typed,
    testing::Values(Case{"", ""}, Case{"  \t\n", ""}, Case{"invoice", "[text|invoice]"},
                    Case{"sender:x@a.example verdict:reject", "[sender|x@a.example][verdict|reject]"},
                    Case{" verdict:reject  verdict:defer ", "[verdict|reject][verdict|defer]"},
                    Case{"subject:\"two words\" more", "[subject|two words][text|more]"},
                    Case{R"("free text" rule:"a \"b\" \\ c")", R"([text|free text][rule|a "b" \ c])"},
                    Case{R"(rule:back\slash)", R"([rule|back\slash])"}, Case{R"("no end)", "[text|no end]"},
                    Case{"SENDER:X", "[sender|X]"},
                    Case{"to:u@example.com from:<>", "[rcpt|u@example.com][sender|<>]"},
                    Case{"sender:", "[sender|]"}, Case{"sender: x", "[sender|][text|x]"},
                    Case{"Re: invoice", "[text|Re:][text|invoice]"},
                    Case{"http://a.example/x", "[text|http://a.example/x]"},
                    Case{"\"re:invoice\"", "[text|re:invoice]"}, Case{"12:30", "[text|12:30]"},
                    Case{"since:\"2026-11-25 14:30\"", "[since|2026-11-25 14:30]"},
                    Case{"ip:2001:db8::/32", "[ip|2001:db8::/32]"}, Case{"a\"b", "[text|a\"b]"},
                    Case{"\"\"", ""}, Case{":x", "[text|:x]"}, Case{"größe:x", "[text|größe:x]"},
                    Case{"subject:\xe2\x80\xae<script>", "[subject|\xe2\x80\xae<script>]"}));

class Mistyped : public testing::TestWithParam<Case> {};

TEST_P(Mistyped, says_which_word_and_what_was_meant) {
  const auto words = read_search(GetParam().typed);
  const auto query = words ? query_of(*words, kNow) : Result<journal::index::Query>(words.error());
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().text().substr(0, GetParam().words.size()), GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Mistyped,
    testing::Values(Case{"sendr:x", "sendr: there is no such search word; did you mean sender?"},
                    Case{"verdct:reject", "verdct: there is no such search word; did you mean verdict?"},
                    Case{"re:x", "re: there is no such search word"},
                    Case{"verdict:rejct",
                         "verdict: 'rejct' is not what was expected: accept, tag, quarantine, defer, reject, "
                         "open; did you mean reject?"},
                    Case{"since:yesteryear", "since: 'yesteryear' is no time"},
                    Case{"since:1h until:2h", "until: it is before since"},
                    Case{"ip:300.1.1.1", "ip: '300.1.1.1' is not what was expected"},
                    Case{"sessions:maybe", "sessions: 'maybe' is not what was expected: yes or no"},
                    Case{"sender:\"a\x1b[31m b\"", "sender: 'a\\x1b[31m b' is not"},
                    Case{"\"%%%\"", "text: '%%%' is not what was expected: at least one word"}));

TEST(Search, is_bounded) {
  EXPECT_FALSE(read_search(std::string(5000, 'a')));
  std::string many;
  for (int i = 0; i < 51; ++i) many += "a ";
  EXPECT_FALSE(read_search(many));
}

TEST(Search, asks_for_any_verdict_and_all_else) {
  const auto query = query_of(
      *read_search("verdict:reject sender:a.example verdict:defer since:1h until:2026-11-25 sessions:yes"),
      Time(kNow + std::chrono::hours(0)));
  ASSERT_TRUE(query) << query.error().text();
  EXPECT_TRUE(query->sessions);
  EXPECT_EQ(query->since, kNow - std::chrono::hours(1));
  ASSERT_EQ(query->all_of.size(), 2u);
  EXPECT_EQ(query->all_of[0].any_of, (std::vector<std::string>{"s:@a.example"}));
  EXPECT_EQ(query->all_of[1].any_of, (std::vector<std::string>{"v:reject", "v:defer"}));
}

TEST(Search, every_name_is_known) {
  for (const std::string_view name : search_names()) {
    const auto words = read_search(std::string(name) + ":x");
    ASSERT_TRUE(words) << name;
    EXPECT_EQ(words->front().name, name);
  }
}

}  // namespace
}  // namespace gateway::review
