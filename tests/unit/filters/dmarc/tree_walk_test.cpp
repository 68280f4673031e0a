// The walk up the tree: names asked, organisation found, record that applies.  RFC 9989 §4.10 and Appendix B
#include "filters/dmarc/tree_walk.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/answer_book.h"
#include "tests/support/named.h"

namespace filters::dmarc {
namespace {

std::string walked(const std::string& start) {
  std::string out;
  for (const Domain& name : walk_names(Domain::parse(start).value())) out += name.text() + " ";
  return out;
}

TEST(TreeWalkNames, StopAtEight) {
  EXPECT_EQ(walked("com"), "com ");
  EXPECT_EQ(walked("mail.example.com"), "mail.example.com example.com com ");
  EXPECT_EQ(walked("a.b.c.d.e.f.com"),
            "a.b.c.d.e.f.com b.c.d.e.f.com c.d.e.f.com d.e.f.com e.f.com f.com com ");
  EXPECT_EQ(walked("z.a.b.c.d.e.f.com"),
            "z.a.b.c.d.e.f.com a.b.c.d.e.f.com b.c.d.e.f.com c.d.e.f.com d.e.f.com e.f.com f.com com ");
  // The example of RFC 9989 §4.10
  EXPECT_EQ(walked("a.b.c.d.e.f.g.h.i.j.mail.example.com"),
            "a.b.c.d.e.f.g.h.i.j.mail.example.com g.h.i.j.mail.example.com h.i.j.mail.example.com "
            "i.j.mail.example.com j.mail.example.com mail.example.com example.com com ");
  EXPECT_EQ(walk_names(Domain()).size(), 0u);
}

struct Case {
  std::string name;
  std::string start;
  std::multimap<std::string, std::string> records;  // domain → record; "!status" for a look-up that fails
  std::string organisation;
  std::string policy;  // where it was found
  bool trouble = false;
};
POSTERN_NAMED(Case)

class TreeWalk : public testing::TestWithParam<Case> {};

TEST_P(TreeWalk, FindsOrganisationAndPolicy) {
  const Case& row = GetParam();
  support::AnswerBook book;
  for (const auto& [domain, text] : row.records) {
    if (text.starts_with('!'))
      book.status("_dmarc." + domain, RecordType::txt, parse_dns_status(text.substr(1)).value());
    else
      book.txt("_dmarc." + domain, text);
  }
  const Domain start = Domain::parse(row.start).value();
  Answers answers;
  Walk found = walk(start, answers);
  EXPECT_EQ(found.questions.size(), walk_names(start).size()) << "all are asked at once";
  for (const Question& question : found.questions)
    answers.pin(std::get<DnsQuestion>(question), book.answer(std::get<DnsQuestion>(question)));
  found = walk(start, answers);
  EXPECT_TRUE(found.questions.empty());
  EXPECT_EQ(found.organisation.text(), row.organisation);
  EXPECT_EQ(found.policy ? found.policy->domain.text() : "", row.policy);
  EXPECT_EQ(!found.trouble.empty(), row.trouble) << found.trouble;
}

const std::string kNone = "v=DMARC1; p=none";

INSTANTIATE_TEST_SUITE_P(
    Table, TreeWalk,
    testing::Values(
        Case{"no record", "a.example.com", {}, "a.example.com", ""},
        Case{"own record", "example.com", {{"example.com", kNone}}, "example.com", "example.com"},
        Case{"the parent's record", "a.example.com", {{"example.com", kNone}}, "example.com", "example.com"},
        Case{"own record and the parent's: organisation is the parent",
             "a.example.com",
             {{"a.example.com", kNone}, {"example.com", kNone}},
             "example.com",
             "a.example.com"},
        Case{"RFC 9989 4.10.2, first example",
             "a.mail.example.com",
             {{"mail.example.com", kNone}, {"example.com", kNone}},
             "example.com",
             "example.com"},
        Case{"RFC 9989 4.10.2, second example: only a public suffix",
             "a.mail.example.com",
             {{"com", kNone + "; psd=y"}},
             "example.com",
             "com"},
        Case{"public suffix above the organisation",
             "a.example.com",
             {{"example.com", kNone}, {"com", kNone + "; psd=y"}},
             "example.com",
             "example.com"},
        Case{"a record at the top without psd", "a.example.com", {{"com", kNone}}, "com", "com"},
        Case{"psd=n ends the walk",
             "a.b.example.com",
             {{"b.example.com", kNone + "; psd=n"}, {"example.com", kNone}},
             "b.example.com",
             "b.example.com"},
        Case{"psd=n at the start",
             "a.example.com",
             {{"a.example.com", kNone + "; psd=n"}, {"example.com", kNone}},
             "a.example.com",
             "a.example.com"},
        Case{"psd=y at the start is its own organisation",
             "gov.example",
             {{"gov.example", kNone + "; psd=y"}, {"example", kNone}},
             "gov.example",
             "gov.example"},
        Case{"psd=y in the middle hides what is above",
             "x.a.gov.example",
             {{"gov.example", kNone + "; psd=y"}, {"example", kNone}},
             "a.gov.example",
             "gov.example"},
        Case{"psd=y far above a long name",
             "a.b.c.d.e.f.g.h.i.example",
             {{"i.example", kNone + "; psd=y"}},
             "h.i.example",
             "i.example"},
        Case{"a record that the shortcut skips",
             "a.b.c.d.e.f.g.h.i.example",
             {{"b.c.d.e.f.g.h.i.example", kNone}, {"i.example", kNone}},
             "i.example",
             "i.example"},
        Case{"two records at one name are discarded, the walk goes on",
             "a.example.com",
             {{"a.example.com", kNone}, {"a.example.com", kNone}, {"example.com", kNone}},
             "example.com",
             "example.com"},
        Case{"two records at the only name",
             "example.com",
             {{"example.com", kNone}, {"example.com", "v=DMARC1; p=reject"}},
             "example.com",
             ""},
        Case{"a broken second record counts as one",
             "example.com",
             {{"example.com", kNone}, {"example.com", "v=DMARC1; p=none; p=none"}},
             "example.com",
             ""},
        Case{"junk beside the record",
             "example.com",
             {{"example.com", "v=spf1 -all"}, {"example.com", kNone}, {"example.com", "v=DMARC12"}},
             "example.com",
             "example.com"},
        Case{"a broken record is none",
             "a.example.com",
             {{"a.example.com", "v=DMARC1; p=none; p=none"}, {"example.com", kNone}},
             "example.com",
             "example.com"},
        Case{"trouble at the start leaves all open",
             "a.example.com",
             {{"a.example.com", "!timeout"}, {"example.com", kNone}},
             "",
             "",
             true},
        Case{"trouble above an own record leaves the policy",
             "a.example.com",
             {{"a.example.com", kNone}, {"example.com", "!servfail"}},
             "",
             "a.example.com",
             true},
        Case{"trouble above no record",
             "a.example.com",
             {{"example.com", kNone}, {"com", "!bogus"}},
             "",
             "",
             true},
        Case{"trouble above psd=n does not matter",
             "a.example.com",
             {{"example.com", kNone + "; psd=n"}, {"com", "!refused"}},
             "example.com",
             "example.com"}));

TEST(TreeWalkTrouble, NamesTheLookUp) {
  Answers answers;
  answers.pin({"_dmarc.example", RecordType::txt}, {.status = DnsStatus::timeout, .records = {}});
  EXPECT_EQ(walk(Domain::parse("example").value(), answers).trouble, "_dmarc.example TXT: timeout");
}

TEST(TreeWalkBounds, ANameTooLongForDnsHasNoRecord) {
  const std::string label(60, 'x');
  const std::string start = label + "." + label + "." + label + "." + label + ".example";
  EXPECT_EQ(walk(Domain::parse(start).value(), {}).questions.size(),
            walk_names(Domain::parse(start).value()).size() - 1);
}

}  // namespace
}  // namespace filters::dmarc
