// Where the subject is not kept, it stands nowhere else in the record either.
#include "gateway/journal/hidden_subject.h"

#include <gtest/gtest.h>

namespace gateway::journal {
namespace {

policy::ReplyText reply_about(const std::string& subject) {
  return {.code = 550,
          .detail = "7.1",
          .text = "no " + subject + " and " + subject,
          .subject = {{3, subject.size()}, {8 + subject.size(), subject.size()}}};
}

TEST(HiddenSubject, IsReplacedWhereARuleSaysIt) {
  HiddenSubject hidden("on", SubjectMode::omit);
  policy::ReplyText reply = reply_about("on");
  hidden.hide(reply);
  EXPECT_EQ(reply.text, "no (not recorded) and (not recorded)");
  std::string whole = "550 5.7.1 no on and on (id 4F7K2M9QX0TB) on our side";
  hidden.hide(whole);
  EXPECT_EQ(whole, "550 5.7.1 no (not recorded) and (not recorded) (id 4F7K2M9QX0TB) on our side")
      << "a short one stands in other words, too, and those stay";
}

TEST(HiddenSubject, IsReplacedByItsHash) {
  HiddenSubject hidden("hello", SubjectMode::hash);
  policy::ReplyText reply = reply_about("hello");
  hidden.hide(reply);
  EXPECT_EQ(reply.text,
            "no 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 and "
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
}

TEST(HiddenSubject, IsReplacedWhereAMailstoreQuotesIt) {
  const HiddenSubject hidden("Secret words", SubjectMode::omit);
  std::string answer = "554 5.7.1 \"Secret words\" looks like spam";
  hidden.hide(answer);
  EXPECT_EQ(answer, "554 5.7.1 \"(not recorded)\" looks like spam");
}

TEST(HiddenSubject, IsReplacedInAReplyThatCannotBearItsLetters) {
  const HiddenSubject hidden(
      "Gr\xc3\xbc\xc3\x9f"
      "e an Erika",
      SubjectMode::omit);
  std::string answer = "554 5.7.1 no Gr????e an Erika";
  hidden.hide(answer);
  EXPECT_EQ(answer, "554 5.7.1 no (not recorded)");
}

TEST(HiddenSubject, StaysWhereItIsKept) {
  HiddenSubject hidden("hello", SubjectMode::keep);
  EXPECT_FALSE(hidden.hides());
  policy::ReplyText reply = reply_about("hello");
  hidden.hide(reply);
  EXPECT_EQ(reply.text, "no hello and hello");
}

}  // namespace
}  // namespace gateway::journal
