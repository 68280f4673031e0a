// Records written as policy tests: they pass, and name nobody.
#include "gateway/rehearsal/test_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "gateway/journal/decode.h"
#include "gateway/journal/encode.h"
#include "gateway/pipeline/record.h"
#include "gateway/rehearsal/test_reader.h"
#include "gateway/rehearsal/test_run.h"
#include "tests/support/desk_world.h"
#include "tests/support/golden_message.h"
#include "tests/support/policy_bench.h"
#include "tests/support/recorded_mail.h"
#include "tests/support/temporary_directory.h"

namespace gateway::rehearsal {
namespace {

using testing::HasSubstr;
using testing::Not;

using InForcePtr = std::shared_ptr<const pipeline::InForce>;

// "" when it is one test that passes; else what is said of it.
std::string trouble_with(const std::string& text, const InForcePtr& in_force) {
  const support::TemporaryDirectory directory;
  const std::filesystem::path file = directory.path() / "written.toml";
  std::ofstream(file) << text;
  policy::Diagnostics diagnostics;
  const TestSet set = read_tests(
      std::vector{file}, {in_force->vocabulary, in_force->policy.get(), support::noon(), {}}, diagnostics);
  if (set.tests.size() != 1) return "no test: " + diagnostics.render() + text;
  std::string said = diagnostics.render();
  for (const TestResult& result : run_tests(in_force, set.tests))
    for (const Difference& one : result.differences)
      said += "expected " + one.what + " " + one.expected + ", came " + one.found + "\n";
  return said.empty() ? "" : said + text;
}

Result<std::string> written(const std::string& line, const InForcePtr& in_force, TestWriting writing = {}) {
  const auto recorded = journal::decode(line, in_force->vocabulary);
  if (!recorded) return recorded.error();
  const auto test = write_test(*recorded, in_force, writing);
  if (!test) return test.error();
  for (const std::string& remark : test->remarks) EXPECT_THAT(test->text, HasSubstr("# " + remark + "\n"));
  return {boost::system::in_place_value, test->text};
}

TEST(WrittenTests, PassForAllGoldenMessages) {
  for (const auto& eml : support::golden_messages())
    for (const bool as_is : {false, true}) {
      support::GoldenMessage message(eml);
      journal::Entry entry = pipeline::entry_of(message.transaction());
      const auto text = written(journal::encode_record(entry), message.in_force(), {as_is});
      ASSERT_TRUE(text) << eml << text.error().text();
      EXPECT_EQ(trouble_with(*text, message.in_force()), "") << eml;
      EXPECT_THAT(*text, Not(HasSubstr("came to this"))) << eml;
    }
}

const std::string kPolicy = R"([lists]
partners = ["partner.de"]
[[rule]]
id   = "partner"
when = 'spf.mailfrom == pass and sender.domain in lists.partners'
then = "accept"
[[rule]]
id   = "bank-words"
when = 'subject contains "bank details" and header("X-Tool") != ""'
then = "quarantine"
[[rule]]
id   = "spf"
when = 'spf.mailfrom == fail'
then = "reject"
)";

std::string record(const std::string& facts, std::string sender = "erika@muster.de") {
  support::RecordedMail mail;
  mail.facts = "*; message.size=900; client.ip=8.8.8.8; helo.name=mail.muster.de; " + facts;
  mail.sender = std::move(sender);
  return support::record_of(mail, *support::load_policy(kPolicy).policy);
}

TEST(WrittenTests, NameNobodyWhomThePolicyDoesNot) {
  const auto in_force = support::desk_in_force(kPolicy);
  const auto text = written(
      record("sender.address=erika@muster.de; sender.domain=muster.de; spf.mailfrom=fail; subject=Hi Erika; "
             "X-Tool: made by Muster"),
      in_force);
  ASSERT_TRUE(text) << text.error().text();
  for (const char* real : {"erika", "Erika", "muster", "Muster", "8.8.8.8"})
    EXPECT_THAT(*text, Not(HasSubstr(real)));
  EXPECT_THAT(*text, HasSubstr("client  = \"192.0.2.1\"\n"));
  EXPECT_THAT(*text, HasSubstr("from    = \"user1@a.example\"\n"));
  EXPECT_THAT(*text, HasSubstr("facts.\"spf.mailfrom\" = \"fail\"\n"));
  EXPECT_THAT(*text, HasSubstr("expect  = { verdict = \"reject\", rule = \"spf\" }\n"));
  EXPECT_THAT(*text, Not(HasSubstr("#"))) << "nothing to remark";
  EXPECT_EQ(trouble_with(*text, in_force), "");
}

TEST(WrittenTests, KeepWhatThePolicyNames) {
  const auto in_force = support::desk_in_force(kPolicy);
  const auto text =
      written(record("sender.address=erika@partner.de; sender.domain=partner.de; spf.mailfrom=pass; "
                     "subject=Our new bank details",
                     "erika@partner.de"),
              in_force);
  ASSERT_TRUE(text) << text.error().text();
  EXPECT_THAT(*text, HasSubstr("@partner.de"));
  EXPECT_THAT(*text, Not(HasSubstr("erika")));
  EXPECT_THAT(*text, Not(HasSubstr("8.8.8.8")));
  EXPECT_EQ(trouble_with(*text, in_force), "");

  const auto words =
      written(record("spf.mailfrom=none; subject=Our new bank details; X-Tool: by Muster"), in_force);
  ASSERT_TRUE(words) << words.error().text();
  EXPECT_THAT(*words, HasSubstr("bank details"));
  EXPECT_THAT(*words, Not(HasSubstr("Our new"))) << "no more of it than the rule needs";
  EXPECT_THAT(*words, HasSubstr("# Real all the same, as a rule asks for it: text \"bank details\".\n"));
  EXPECT_THAT(*words, Not(HasSubstr("uster")));
  EXPECT_EQ(trouble_with(*words, in_force), "");
}

TEST(WrittenTests, TellAllWhenAsked) {
  const auto in_force = support::desk_in_force(kPolicy);
  const auto text = written(record("sender.address=erika@muster.de; sender.domain=muster.de; "
                                   "spf.mailfrom=fail; subject=Hi Erika"),
                            in_force, {.as_is = true});
  ASSERT_TRUE(text) << text.error().text();
  EXPECT_THAT(*text, HasSubstr("from    = \"erika@muster.de\"\n"));
  EXPECT_THAT(*text, HasSubstr("client  = \"8.8.8.8\"\n"));
  EXPECT_THAT(*text, HasSubstr("Hi Erika"));
  EXPECT_EQ(trouble_with(*text, in_force), "");
}

TEST(WrittenTests, SayThatThePolicyHasChanged) {
  const auto in_force = support::desk_in_force("# no rules\n");
  const auto text = written(record("spf.mailfrom=fail"), in_force);
  ASSERT_TRUE(text) << text.error().text();
  EXPECT_THAT(*text, HasSubstr("the one in force comes to accept by @default"));
}

// The subject on which it hung was not recorded: nothing fails, and it is said why.
TEST(WrittenTests, AreAtMostACommentWithoutTheSubjectThatDecided) {
  const std::string policy =
      "[[rule]]\nid = \"invoice\"\nwhen = 'subject contains \"invoice\"'\nthen = \"reject\"\n" + kPolicy;
  const auto in_force = support::desk_in_force(policy);
  const auto of = [&](const std::string& facts) {
    support::RecordedMail mail;
    mail.facts = "*; message.size=900; client.ip=8.8.8.8; " + facts;
    mail.subject = journal::SubjectMode::hash;
    return written(support::record_of(mail, *support::load_policy(policy).policy), in_force);
  };
  const auto text = of("subject=invoice for Erika");
  ASSERT_TRUE(text) << text.error().text();
  EXPECT_THAT(*text,
              HasSubstr("# It came to reject by invoice; without what was not recorded it comes to accept by "
                        "@default.\n# Not recorded: subject (journal.subject does not keep it)"));
  EXPECT_THAT(*text, Not(HasSubstr("came to this")));
  for (std::size_t at = 0; at < text->size(); at = text->find('\n', at) + 1)
    EXPECT_EQ(text->substr(at, 1), "#") << *text;
  const auto other = of("subject=hello; spf.mailfrom=fail");
  ASSERT_TRUE(other) << other.error().text();
  EXPECT_EQ(trouble_with(*other, in_force), "") << "it does not hang on the subject";
  EXPECT_THAT(*other, Not(HasSubstr("Not recorded")));
}

TEST(WrittenTests, AreSafeWhateverStrangersSaid) {
  const auto in_force = support::desk_in_force(kPolicy);
  const auto text = written(
      record("spf.mailfrom=fail; subject=\"\x1b[31m\xe2\x80\xae\\\" = 1", "\"a\\\"]\n[[rule]]\"@muster.de"),
      in_force, {.as_is = true});
  ASSERT_TRUE(text) << text.error().text();
  EXPECT_THAT(*text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(*text, Not(HasSubstr("\n[[rule]]")));
  EXPECT_EQ(trouble_with(*text, in_force), "");
}

TEST(WrittenTests, AreNotMadeOfWhatNoPolicyDecided) {
  const auto in_force = support::desk_in_force(kPolicy);
  const auto then = support::load_policy(kPolicy).policy;
  const auto error = [&](const support::RecordedMail& mail) {
    const auto text = written(support::record_of(mail, *then), in_force);
    return text ? *text : text.error().text();
  };
  EXPECT_EQ(error({.facts = "spf.mailfrom=none", .undecided = true}), "nothing was decided: no message came");
  EXPECT_EQ(error({.facts = "spf.mailfrom=none", .refused_by = "@size", .undecided = true}),
            "the gateway itself refused (@size): that is not the policy's");
  EXPECT_EQ(error({.facts = "client.ip=192.0.2.1", .session = true}),
            "this is a connection without a transaction: a test has a recipient");
  EXPECT_EQ(error({.facts = "spf.mailfrom=fail", .recipients = {}}),
            "no recipient was named: a test has one");
}

}  // namespace
}  // namespace gateway::rehearsal
