// Drafts of a policy: what they can have read, and what they can make the gateway burn.
#include "gateway/review/policy_files.h"

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/review/rule_texts.h"
#include "tests/support/temporary_directory.h"

namespace gateway::review {
namespace {

class Drafts : public testing::Test {
 protected:
  Drafts() {
    write("postern.toml",
          "[domains.\"example.com\"]\nmailstore = \"main\"\n[mailstore.main]\nprotocol = \"discard\"\n"
          "[policy]\nfiles = [\"first.toml\", \"policy.toml\"]\n");
    write("first.toml", "[lists]\nblocked = { file = \"blocked.txt\", type = \"network\" }\n");
    write("policy.toml",
          "[[rule]]\nid = \"blocked\"\nwhen = 'client.ip in lists.blocked'\nthen = \"reject\"\n");
    write("blocked.txt", "192.0.2.0/24\n");
    write("secret.txt", "topsecret\n");
    policy::Diagnostics diagnostics;
    in_force_ = pipeline::InForce::load(directory_.path() / "postern.toml", Time{}, diagnostics);
    EXPECT_NE(in_force_, nullptr) << diagnostics.render();
  }

  void write(const char* name, std::string_view text) { std::ofstream(directory_.path() / name) << text; }

  // What is said of the draft; empty: it is fine.
  std::string mistakes(std::string draft, std::size_t place = 1) {
    policy::Diagnostics diagnostics;
    const auto made = with_draft(*in_force_, place, std::move(draft), Time{}, diagnostics);
    EXPECT_EQ(made == nullptr, diagnostics.has_errors());
    return diagnostics.has_errors() ? diagnostics.render() : std::string();
  }

  support::TemporaryDirectory directory_;
  std::shared_ptr<pipeline::InForce> in_force_;
};

TEST_F(Drafts, stand_beside_the_other_files) {
  EXPECT_EQ(mistakes("[[rule]]\nid = 'x'\nwhen = 'not (client.ip in lists.blocked)'\nthen = 'reject'\n"), "");
  EXPECT_EQ(mistakes(""), "");
}

TEST_F(Drafts, may_use_a_list_in_another_way_than_the_policy_in_force) {
  EXPECT_EQ(mistakes("[lists]\nother = { file = \"blocked.txt\" }\n[[rule]]\nid = 'x'\nwhen = 'helo.name in "
                     "lists.other'\nthen = 'reject'\n",
                     0)
                .find("no other file is read"),
            std::string::npos);
}

TEST_F(Drafts, have_no_other_file_read) {
  for (const std::string file :
       {"secret.txt", "/etc/passwd", "./secret.txt", "blocked.txt/../secret.txt", "nowhere"}) {
    const std::string said = mistakes("[lists]\nx = { file = \"" + file + "\", type = \"domain\" }\n");
    EXPECT_NE(said.find("no other file is read for it"), std::string::npos) << said;
    EXPECT_EQ(said.find("topsecret"), std::string::npos);
  }
  EXPECT_NE(mistakes("[lists]\nx = { file = \"blocked.txt\", type = \"network\" }\n").find("as often as"),
            std::string::npos);
}

TEST_F(Drafts, are_bounded_in_what_their_conditions_take) {
  std::string rules = "[define]\nwide = '''dmarc.result == pass";
  for (int i = 0; i < 400; ++i) rules += " or dmarc.result == fail";
  rules += "'''\n";
  for (int i = 0; i < 300; ++i)
    rules += "[[rule]]\nid = 'r" + std::to_string(i) + "'\nwhen = 'wide'\nthen = 'reject'\n";
  EXPECT_NE(mistakes(rules).find("too large"), std::string::npos);
  std::string patterns = "[define]\np = 'subject matches \"a\"'\n";
  for (int i = 0; i < 201; ++i)
    patterns += "[[rule]]\nid = 'r" + std::to_string(i) + "'\nwhen = 'p'\nthen = 'tag'\nheader = 'X-A: b'\n";
  EXPECT_NE(mistakes(patterns), "");
}

TEST_F(Drafts, files_are_known_to_be_those_in_force) {
  EXPECT_TRUE(read_policy_files(*in_force_, Time{}).in_force);
  write("policy.toml", "# another\n");
  const PolicyFiles changed = read_policy_files(*in_force_, Time{});
  EXPECT_FALSE(changed.in_force);
  EXPECT_FALSE(changed.diagnostics.has_errors());
  std::filesystem::remove(directory_.path() / "policy.toml");
  EXPECT_TRUE(read_policy_files(*in_force_, Time{}).diagnostics.has_errors());
}

TEST_F(Drafts, rules_are_shown_in_the_words_of_their_file) {
  write("policy.toml",
        "[[rule]]\nid = 'a'\nwhen = 'true'\nscore = 2.5\nnote = 'x'\nuntil = 2027-01-31\n[[rule]]\nid = "
        "5\n[[rule]]\nid = 'b'\n"
        "then = 'exempt'\nexempt = ['a']\n");
  const auto texts = rule_texts(read_policy_files(*in_force_, Time{}).texts);
  ASSERT_EQ(texts.size(), 2u);
  const RuleText& a = texts.at("a");
  EXPECT_EQ(a.file, 1u);
  EXPECT_EQ(a.line, 2u);
  EXPECT_EQ(a.follows, "score 2.5");
  EXPECT_EQ(a.note, "x");
  EXPECT_EQ(a.until, "2027-01-31");
  EXPECT_NE(texts.at("b").follows.find("exempt"), std::string::npos);
}

}  // namespace
}  // namespace gateway::review
