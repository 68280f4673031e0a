// DMARC from the facts of others: alignment, the applicable policy, and what is unknown in trouble.
#include "filters/dmarc/dmarc_filter.h"

#include <gtest/gtest.h>

#include "filters/registry.h"
#include "tests/support/dmarc_scene.h"
#include "tests/support/named.h"

namespace filters::dmarc {
namespace {

using support::said;

// What the filters before left; see support::DmarcScene.
struct Others {
  std::string spf = {};
  std::vector<std::string> dkim = {};
  std::string defect = {};
};

struct Case {
  std::string name;
  std::string author;
  support::DmarcZone records;
  Others others;
  std::string result;        // "temperror" stands for troubled
  std::string policy;        // "?" for troubled
  std::string org_domain;    // the same
  std::string aligned = {};  // sure members; "?" in front when there may be more
};
POSTERN_NAMED(Case)

class Dmarc : public testing::Test {
 protected:
  void learn(const std::string& author, const Others& others) {
    support::set_scene({author, others.spf, others.dkim, others.defect}, facts_);
  }
  void publish(const support::DmarcZone& zone) { support::publish(zone, book_); }
  Finding examine() { return support::examine(*filter_, facts_, book_, answers_); }

  const Vocabulary vocabulary_ = make_vocabulary();
  const std::unique_ptr<Filter> filter_ = make_dmarc({});
  Facts facts_{vocabulary_};
  Answers answers_;
  support::AnswerBook book_;
};

class DmarcTable : public Dmarc, public testing::WithParamInterface<Case> {};

TEST_P(DmarcTable, Says) {
  const Case& row = GetParam();
  learn(row.author, row.others);
  publish(row.records);
  const Finding finding = examine();
  EXPECT_EQ(said(finding, "dmarc.result"), row.result == "temperror" ? "?" : row.result);
  EXPECT_EQ(said(finding, "dmarc.policy"), row.policy);
  EXPECT_EQ(said(finding, "dmarc.org_domain"), row.org_domain);
  EXPECT_EQ(said(finding, "dmarc.aligned"), row.aligned);
  EXPECT_EQ(finding.facts.size(), facts().size());
  ASSERT_EQ(finding.evidence.size(), 1u);
  EXPECT_EQ(name(finding.evidence[0].outcome), row.result);
  EXPECT_EQ(finding.evidence[0].value, row.author);
  EXPECT_FALSE(finding.evidence[0].reason.empty());
}

const std::string kReject = "v=DMARC1; p=reject";
const std::string kStrict = "v=DMARC1; p=reject; adkim=s; aspf=s";
const support::DmarcZone kPlain = {{"_dmarc.a.example", kReject}};

INSTANTIATE_TEST_SUITE_P(
    Alignment, DmarcTable,
    testing::Values(
        Case{"nothing passes", "a.example", kPlain, {}, "fail", "reject", "a.example"},
        Case{"spf of the same domain",
             "a.example",
             kPlain,
             {"a.example"},
             "pass",
             "reject",
             "a.example",
             "a.example"},
        Case{"dkim of the same domain",
             "a.example",
             kPlain,
             {"", {"a.example"}},
             "pass",
             "reject",
             "a.example",
             "a.example"},
        Case{"both",
             "a.example",
             kPlain,
             {"a.example", {"a.example"}},
             "pass",
             "reject",
             "a.example",
             "a.example"},
        Case{"dkim of a subdomain",
             "a.example",
             kPlain,
             {"", {"m.a.example"}},
             "pass",
             "reject",
             "a.example",
             "m.a.example"},
        Case{"spf of a subdomain",
             "a.example",
             kPlain,
             {"m.a.example"},
             "pass",
             "reject",
             "a.example",
             "m.a.example"},
        Case{"author below, dkim above",
             "m.a.example",
             kPlain,
             {"", {"a.example"}},
             "pass",
             "reject",
             "a.example",
             "a.example"},
        Case{"siblings",
             "x.a.example",
             kPlain,
             {"", {"y.a.example"}},
             "pass",
             "reject",
             "a.example",
             "y.a.example"},
        Case{"strangers",
             "a.example",
             kPlain,
             {"b.example", {"c.example", "xa.example"}},
             "fail",
             "reject",
             "a.example"},
        Case{"all that are aligned",
             "a.example",
             kPlain,
             {"s.a.example", {"b.example", "a.example", "s.a.example"}},
             "pass",
             "reject",
             "a.example",
             "a.example, s.a.example"},
        Case{"strict: a subdomain is a stranger",
             "a.example",
             {{"_dmarc.a.example", kStrict}},
             {"m.a.example", {"m.a.example"}},
             "fail",
             "reject",
             "a.example"},
        Case{"strict: the same domain",
             "a.example",
             {{"_dmarc.a.example", kStrict}},
             {"", {"a.example"}},
             "pass",
             "reject",
             "a.example",
             "a.example"},
        Case{"strict for spf only",
             "a.example",
             {{"_dmarc.a.example", kReject + "; aspf=s"}},
             {"s.a.example", {"d.a.example"}},
             "pass",
             "reject",
             "a.example",
             "d.a.example"},
        Case{"a public suffix does not align",
             "a.example",
             kPlain,
             {"", {"example"}},
             "fail",
             "reject",
             "a.example"},
        Case{"two customers of a public suffix",
             "a.gov.example",
             {{"_dmarc.gov.example", kReject + "; psd=y"}},
             {"", {"b.gov.example", "gov.example"}},
             "fail",
             "reject",
             "a.gov.example"},
        Case{"the suffix writes: its customers are strangers",
             "gov.example",
             {{"_dmarc.gov.example", kReject + "; psd=y"}},
             {"", {"b.gov.example"}},
             "fail",
             "reject",
             "gov.example"},
        Case{"below psd=n is another organisation",
             "a.example",
             {{"_dmarc.a.example", kReject}, {"_dmarc.b.a.example", kReject + "; psd=n"}},
             {"", {"b.a.example"}},
             "fail",
             "reject",
             "a.example"},
        Case{
            "no record at all", "a.example", {}, {"m.a.example", {"b.example"}}, "none", "none", "a.example"},
        Case{"no record, same domain",
             "a.example",
             {},
             {"a.example"},
             "none",
             "none",
             "a.example",
             "a.example"}));

INSTANTIATE_TEST_SUITE_P(
    Policies, DmarcTable,
    testing::Values(
        Case{"sp for a subdomain",
             "m.a.example",
             {{"_dmarc.a.example", kReject + "; sp=quarantine"}},
             {},
             "fail",
             "quarantine",
             "a.example"},
        Case{"not for the domain itself",
             "a.example",
             {{"_dmarc.a.example", kReject + "; sp=none"}},
             {},
             "fail",
             "reject",
             "a.example"},
        Case{"a record of its own goes before sp",
             "m.a.example",
             {{"_dmarc.a.example", kReject + "; sp=quarantine"}, {"_dmarc.m.a.example", "v=DMARC1; p=none"}},
             {},
             "fail",
             "none",
             "a.example"},
        Case{"np for a name that is not there",
             "m.a.example",
             {{"_dmarc.a.example", "v=DMARC1; p=none; np=reject"}},
             {},
             "fail",
             "reject",
             "a.example"},
        Case{"np: the name is there",
             "m.a.example",
             {{"_dmarc.a.example", "v=DMARC1; p=none; np=reject"}, {"m.a.example", "!ok"}},
             {},
             "fail",
             "none",
             "a.example"},
        Case{"np: the name has no address",
             "m.a.example",
             {{"_dmarc.a.example", "v=DMARC1; p=none; np=reject"}, {"m.a.example", "v=spf1 -all"}},
             {},
             "fail",
             "none",
             "a.example"},
        Case{"np: nobody knows",
             "m.a.example",
             {{"_dmarc.a.example", "v=DMARC1; p=none; np=reject"}, {"m.a.example", "!servfail"}},
             {},
             "fail",
             "?",
             "a.example"},
        Case{"np of a public suffix",
             "a.example",
             {{"_dmarc.example", "v=DMARC1; psd=y; p=none; np=reject"}},
             {},
             "fail",
             "reject",
             "a.example"},
        Case{"no valid policy",
             "a.example",
             {{"_dmarc.a.example", "v=DMARC1; p=rejct"}},
             {"a.example"},
             "permerror",
             "none",
             "a.example",
             "a.example"},
        Case{"two records",
             "a.example",
             {{"_dmarc.a.example", kReject}, {"_dmarc.a.example", kReject}},
             {"a.example"},
             "none",
             "none",
             "a.example",
             "a.example"},
        Case{"no author", "", kPlain, {"a.example", {"a.example"}, "group"}, "permerror", "none", ""}));

INSTANTIATE_TEST_SUITE_P(
    Trouble, DmarcTable,
    testing::Values(
        Case{"spf in doubt", "a.example", kPlain, {"!a.example"}, "temperror", "reject", "a.example", "?"},
        Case{"dkim in doubt",
             "a.example",
             kPlain,
             {"", {"!m.a.example"}},
             "temperror",
             "reject",
             "a.example",
             "?"},
        Case{"doubt about nobody", "a.example", kPlain, {"!"}, "temperror", "reject", "a.example", "?"},
        Case{"doubt about strangers does not matter",
             "a.example",
             kPlain,
             {"!b.example", {"!c.example"}},
             "fail",
             "reject",
             "a.example"},
        Case{"doubt that strict alignment rules out",
             "a.example",
             {{"_dmarc.a.example", kStrict}},
             {"!m.a.example"},
             "fail",
             "reject",
             "a.example"},
        Case{"spf passes, dkim in doubt",
             "a.example",
             kPlain,
             {"a.example", {"!m.a.example"}},
             "pass",
             "reject",
             "a.example",
             "?a.example"},
        Case{"one signature passes, one is in doubt",
             "a.example",
             kPlain,
             {"", {"!m.a.example", "a.example"}},
             "pass",
             "reject",
             "a.example",
             "?a.example"},
        Case{"no record and doubt", "a.example", {}, {"!a.example"}, "none", "none", "a.example", "?"},
        Case{"no answer for the policy",
             "a.example",
             {{"_dmarc.a.example", "!timeout"}},
             {},
             "temperror",
             "?",
             "?"},
        Case{"no answer for the policy, though something passes",
             "a.example",
             {{"_dmarc.a.example", "!timeout"}},
             {"a.example"},
             "temperror",
             "?",
             "?",
             "a.example"},
        Case{"no answer above, same domain passes",
             "m.a.example",
             {{"_dmarc.m.a.example", kReject}, {"_dmarc.a.example", "!servfail"}},
             {"", {"m.a.example"}},
             "pass",
             "reject",
             "?",
             "m.a.example"},
        Case{"no answer above, a relative passes",
             "m.a.example",
             {{"_dmarc.m.a.example", kReject}, {"_dmarc.a.example", "!servfail"}},
             {"", {"a.example"}},
             "temperror",
             "reject",
             "?",
             "?"},
        Case{"no answer above, a stranger passes",
             "m.a.example",
             {{"_dmarc.m.a.example", kReject}, {"_dmarc.a.example", "!servfail"}},
             {"", {"b.test"}},
             "fail",
             "reject",
             "?"},
        Case{"no answer above, strict",
             "m.a.example",
             {{"_dmarc.m.a.example", kStrict}, {"_dmarc.a.example", "!servfail"}},
             {"", {"a.example"}},
             "fail",
             "reject",
             "?"},
        Case{"no answer for the signer's organisation",
             "a.example",
             {{"_dmarc.a.example", kReject}, {"_dmarc.m.a.example", "!timeout"}},
             {"", {"m.a.example"}},
             "temperror",
             "reject",
             "a.example",
             "?"}));

TEST_F(Dmarc, EvidenceNamesPolicyAndOrganisation) {
  learn("m.a.example", {});
  publish({{"_dmarc.a.example", "v=DMARC1; p=reject; sp=quarantine; t=y"}});
  const Finding finding = examine();
  const Evidence& evidence = finding.evidence.at(0);
  EXPECT_EQ(evidence.property, "header.from");
  ASSERT_TRUE(evidence.detail("policy") && evidence.detail("org_domain"));
  EXPECT_EQ(*evidence.detail("policy"), "quarantine");
  EXPECT_EQ(*evidence.detail("org_domain"), "a.example");
  EXPECT_EQ(said(finding, "dmarc.testing"), "true");
  EXPECT_EQ(said(finding, "dmarc.domain"), "a.example");
}

TEST_F(Dmarc, TroubleNamesItsCause) {
  learn("a.example", {"!a.example"});
  publish(kPlain);
  const Finding finding = examine();
  EXPECT_EQ(support::fact(finding, "dmarc.result")->because,
            std::vector<std::string>{"spf for a.example: no SPF today"});
}

TEST_F(Dmarc, AtTheEndOfPatienceAnAlignedPassStands) {
  learn("a.example", {"a.example", {"m.a.example"}});
  publish(kPlain);
  answers_.pin({"_dmarc.a.example", RecordType::txt}, book_.answer({"_dmarc.a.example", RecordType::txt}));
  answers_.pin({"_dmarc.example", RecordType::txt}, {});
  ASSERT_EQ(filter_->examine(facts_, answers_).questions.size(), 1u) << "the walk of m.a.example";
  const Finding finding = filter_->conclude(facts_, answers_, "too late");
  EXPECT_EQ(said(finding, "dmarc.result"), "pass");
  EXPECT_EQ(said(finding, "dmarc.aligned"), "?a.example");
}

TEST_F(Dmarc, AtTheEndOfPatienceWithoutAPolicyAllIsTrouble) {
  learn("a.example", {"a.example"});
  const Finding finding = filter_->conclude(facts_, answers_, "too late");
  EXPECT_EQ(said(finding, "dmarc.result"), "?");
  EXPECT_EQ(finding.facts.size(), facts().size());
}

TEST_F(Dmarc, ForeseesTheWalkOfTheAuthor) {
  EXPECT_TRUE(filter_->foresee(facts_, answers_).empty()) << "the author is not known yet";
  learn("m.a.example", {});
  EXPECT_EQ(filter_->foresee(facts_, answers_).size(), 3u);
}

TEST_F(Dmarc, StrangersCostNoLookUp) {
  learn("a.example", {"b.example", {"c.example"}});
  publish(kPlain);
  examine();
  EXPECT_EQ(answers_.all().size(), 2u);
}

TEST_F(Dmarc, ManySignersStayWithinBounds) {
  std::vector<std::string> signers;
  for (int i = 0; i < 500; ++i) signers.push_back(std::to_string(i) + ".a.example");
  learn("a.example", {"", signers});
  publish({{"_dmarc.a.example", kReject}});
  for (const std::string& signer : signers) book_.txt("_dmarc." + signer, kReject + "; psd=n");
  const Finding finding = examine();
  EXPECT_LT(answers_.all().size(), 200u);
  EXPECT_EQ(said(finding, "dmarc.result"), "?") << "those not looked at could be aligned";
}

TEST_F(Dmarc, WithoutSpfAndDkimNothingIsInDoubt) {
  const Vocabulary vocabulary = make_vocabulary({"spf", "dkim"});
  Facts facts(vocabulary);
  facts.set("from.domain", Domain::parse("a.example").value());
  facts.set("from.defect", std::string());
  publish(kPlain);
  const Finding finding = support::examine(*filter_, facts, book_, answers_);
  EXPECT_EQ(said(finding, "dmarc.result"), "fail");
}

TEST_F(Dmarc, WithoutFromItIsTrouble) {
  EXPECT_EQ(said(filter_->examine(facts_, answers_), "dmarc.result"), "?");
}

}  // namespace
}  // namespace filters::dmarc
