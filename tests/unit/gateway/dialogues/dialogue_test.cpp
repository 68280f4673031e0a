// What a dialogue file may say, and what it is told when it says something else.
#include "tests/support/dialogue.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/named.h"

namespace {

using support::Dialogue;
using support::parse_dialogue;
using Kind = support::DialogueStep::Kind;

TEST(Dialogue, is_read_with_all_it_can_say) {
  const Dialogue dialogue = parse_dialogue("x/all.smtp",
                                           "# a comment\n"
                                           "config  limits.recipients = 2\n"
                                           "config  listener.bare_newline = \"refuse\"  # as asked\n"
                                           "client  2001:db8::1\n"
                                           "zone  a.example  TXT  \"v=spf1 -all\"\n"
                                           "policy\n"
                                           "[[rule]]\n"
                                           "# not ours\n"
                                           "end\n"
                                           "\n"
                                           "S: 220 *   # the greeting\n"
                                           "C: NOOP  #1 \n"
                                           "raw: \"a\\r\\n\\t\\x00\\xfF\\\\\\\"\"\n"
                                           "repeat 2 S: 250 2.0.0 OK\n"
                                           "time 301s\n"
                                           "mailstore count 3\n"
                                           "mailstore message contains \"x\"\n");
  ASSERT_EQ(dialogue.config.size(), 2u);
  EXPECT_EQ(dialogue.config[1].value, "refuse");
  EXPECT_EQ(dialogue.client.text(), "2001:db8::1");
  ASSERT_EQ(dialogue.zone.size(), 1u);
  EXPECT_EQ(dialogue.zone[0].value, "v=spf1 -all");
  EXPECT_EQ(dialogue.policy, "[[rule]]\n# not ours\n");
  ASSERT_EQ(dialogue.steps.size(), 8u);
  EXPECT_EQ(dialogue.steps[0].text, "220 *");
  EXPECT_EQ(dialogue.steps[1].text, "NOOP  #1 \r\n");
  EXPECT_EQ(dialogue.steps[2].text, std::string("a\r\n\t\0\xff\\\"", 8));
  EXPECT_EQ(dialogue.steps[4].kind, Kind::hear);
  EXPECT_EQ(dialogue.at(dialogue.steps[4].line), "all.smtp:14");
  EXPECT_EQ(dialogue.steps[5].number, 301u);
  EXPECT_EQ(dialogue.steps[6].number, 3u);
  EXPECT_EQ(dialogue.steps[7].kind, Kind::contains);
}

struct Mistake {
  std::string name;
  std::string text;
  std::string told;
};
POSTERN_NAMED(Mistake)

class DialogueMistake : public testing::TestWithParam<Mistake> {};

TEST_P(DialogueMistake, is_told_with_its_line) {
  try {
    parse_dialogue("m.smtp", GetParam().text);
    FAIL() << "nothing was told";
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(error.what(), GetParam().told);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, DialogueMistake,
    testing::Values(
        Mistake{"unknown key", "# x\nconfig limits.beer = 2\n", "m.smtp:2: unknown key 'limits.beer'"},
        Mistake{"no value", "config limits.errors\n", "m.smtp:1: config KEY = VALUE was expected"},
        Mistake{"unknown word", "C: a\nfoo bar\n", "m.smtp:2: 'foo' is nothing a dialogue can say"},
        Mistake{"no address", "client nobody\n", "m.smtp:1: 'nobody' is no IP address"},
        Mistake{"no unit", "time 3\n", "m.smtp:1: '3' is no number of seconds"},
        Mistake{"no quotes", "raw: a\n", "m.smtp:1: a text in \"quotes\" was expected"},
        Mistake{"open quotes", "raw: \"a\n", "m.smtp:1: the closing quote is missing"},
        Mistake{"unknown escape", "raw: \"\\q\"\n", "m.smtp:1: '\\q' is no escape"},
        Mistake{"half an octet", "raw: \"\\x1\"\n", "m.smtp:1: \\x takes two hexadecimal digits"},
        Mistake{"too much", "closed now\n", "m.smtp:1: 'now' is too much"},
        Mistake{"open policy", "C: a\npolicy\n", "m.smtp:2: the end of the policy is missing"},
        Mistake{"nothing", "# only talk\n", "m.smtp:1: nothing is said"}));

struct Heard {
  std::string name;
  std::string pattern;
  std::string line;
  bool wanted;
};
POSTERN_NAMED(Heard)

class DialoguePattern : public testing::TestWithParam<Heard> {};

TEST_P(DialoguePattern, matches) {
  EXPECT_EQ(support::hears(GetParam().pattern, GetParam().line), GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(Table, DialoguePattern,
                         testing::Values(Heard{"exact", "250 OK", "250 OK", true},
                                         Heard{"not exact", "250 OK", "250 OK!", false},
                                         Heard{"rest", "250 2.1.0 *", "250 2.1.0 Sender OK", true},
                                         Heard{"another", "250 2.1.0 *", "250 2.1.5 Sender OK", false},
                                         Heard{"a middle line", "250 SIZE *", "250-SIZE 100", true},
                                         Heard{"star in the middle", "2*0 OK", "250 OK", false}));

TEST(Dialogue, writes_octets_so_that_it_could_read_them) {
  const std::string octets("a\r\n\t\0\xff\\\" b", 10);
  EXPECT_EQ(parse_dialogue("m.smtp", "raw: \"" + support::escaped(octets) + "\"\n").steps[0].text, octets);
}

}  // namespace
