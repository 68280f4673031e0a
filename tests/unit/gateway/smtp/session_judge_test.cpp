// The judge of whole sessions finds what it is there to find; otherwise a fuzz target that relies on it is
// blind.
#include "tests/support/session_judge.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace support {
namespace {

using Answers = std::vector<DeskAnswer>;

constexpr const char* kClient =
    "EHLO a\r\nMAIL FROM:<x@a.example>\r\nRCPT TO:<u@b.example>\r\nDATA\r\nS: 1\r\n\r\n..\r\n.\r\nQUIT\r\n";
constexpr const char* kServer =
    "220 mx\r\n250-mx\r\n250 HELP\r\n250 2.0.0 the desk's answer #2\r\n250 2.0.0 the desk's answer #3\r\n"
    "354 go\r\n250 2.0.0 the desk's answer #5\r\n221 2.0.0 bye\r\n";

const Answers kAnswers{{DeskCall::connected, 1, 0, false, ""},
                       {DeskCall::sender, 2, 250, false, ""},
                       {DeskCall::recipient, 3, 250, false, ""},
                       {DeskCall::data, 4, 0, false, ""},
                       {DeskCall::message, 5, 250, false, "S: 1\r\n\r\n.\r\n"}};

// A session in which all is well, but for what is put in the place of something.
struct Case {
  const char* name;
  const char* was;  // in what the server says; "" when that is as it should be
  const char* is;
  const char* complaint;  // a part of it
  void (*change)(SessionStory&) = [](SessionStory&) {};
};
POSTERN_NAMED(Case)

SessionStory story(const Case& one) {
  SessionStory story;
  story.client = kClient;
  story.server = kServer;
  story.answers = kAnswers;
  story.over = true;
  const std::size_t at = story.server.find(one.was);
  story.server.replace(at, std::string_view(one.was).size(), one.is);
  one.change(story);
  return story;
}

class SessionJudge : public testing::TestWithParam<Case> {};

TEST_P(SessionJudge, Complains) {
  const Case& one = GetParam();
  const std::string complaint = judge(story(one));
  EXPECT_EQ(complaint.empty(), std::string_view(one.complaint).empty()) << complaint;
  EXPECT_NE(complaint.find(one.complaint), std::string::npos) << complaint;
}

INSTANTIATE_TEST_SUITE_P(
    Table, SessionJudge,
    testing::Values(
        Case{"all is well", "", "", ""}, Case{"bare LF", "354 go\r\n", "354 go\n", "not printable"},
        Case{"class of the enhanced code", "250 2.0.0 the desk's answer #2", "250 5.0.0 the desk's answer #2",
             "codes do not agree"},
        Case{"codes of one reply", "250-mx", "251-mx", "codes do not agree"},
        Case{"no enhanced code", "221 2.0.0 bye", "221 bye", "an enhanced code too many or too few"},
        Case{"a reply too many", "221 2.0.0 bye\r\n", "250 2.0.0 ok\r\n221 2.0.0 bye\r\n",
             "cannot have that reply"},
        Case{"a reply too few", "221 2.0.0 bye\r\n", "", "no reply to what the client said last"},
        Case{"a reply cut", "221 2.0.0 bye\r\n", "221 2.0.0 b", "a reply without an end"},
        Case{"something behind 421", "354 go", "421 4.3.2 bye", "leaving, and going on"},
        Case{"two answers in the wrong order", "#2", "#3", "the answer to something else"},
        Case{"a recipient nobody accepted", "250 2.0.0 the desk's answer #3", "250 2.1.5 ok",
             "a promise nobody made"},
        Case{"a message promised and not taken", "250 2.0.0 the desk's answer #5", "250 2.0.0 ok",
             "a message is promised that the desk has not"},
        Case{"a message taken and refused", "250 2.0.0 the desk's answer #5", "452 4.3.1 full",
             "a message is taken, and the client does not know"},
        Case{"a sound message refused", "250 2.0.0 the desk's answer #5", "554 5.6.0 no",
             "a sound message is refused"},
        Case{"a dot not unstuffed", "", "", "the desk got",
             [](SessionStory& story) { story.answers.back().text = "S: 1\r\n\r\n..\r\n"; }},
        Case{"a message over the limit", "", "", "a message is passed on that has a fault",
             [](SessionStory& story) { story.limits.message_size = 5; }},
        Case{"a bare LF that is refused here", "", "", "a message is passed on that has a fault",
             [](SessionStory& story) {
               story.bare_newline = gateway::settings::BareNewline::refuse;
               story.client.replace(story.client.find("S: 1\r\n"), 6, "S: 1\n");
             }},
        Case{"a command inside a message answered", "", "", "the desk got",
             [](SessionStory& story) {
               story.client.replace(story.client.find("..\r\n"), 4, "\n.\r\nNOOP\r\n");
               story.server.replace(story.server.find("221"), 0, "250 2.0.0 ok\r\n");
               story.answers.back().text = "S: 1\r\n\r\n\r\n";
             }},
        Case{"a session that leaves without a word", "221 2.0.0 bye\r\n", "", "left without a word",
             [](SessionStory& story) { story.client.resize(story.client.find("QUIT")); }}));

}  // namespace
}  // namespace support
