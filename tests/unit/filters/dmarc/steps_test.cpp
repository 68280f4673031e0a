// How a DMARC result is told: its reason, what would make it pass, and its steps.
#include "filters/dmarc/steps.h"

#include <gtest/gtest.h>

#include "filters/dmarc/dmarc_filter.h"
#include "filters/registry.h"
#include "tests/support/dmarc_scene.h"
#include "tests/support/named.h"

namespace filters::dmarc {
namespace {

struct Case {
  std::string name;
  support::DmarcScene scene;
  support::DmarcZone zone;
  std::string reason;              // with " | " and the remedy, where there is one
  std::vector<std::string> steps;  // "  name TYPE: meaning", two blanks for each depth
};
POSTERN_NAMED(Case)

Evidence examine(const support::DmarcScene& scene, const support::DmarcZone& zone) {
  static const Vocabulary vocabulary = make_vocabulary();
  Facts facts(vocabulary);
  support::set_scene(scene, facts);
  support::AnswerBook book;
  support::publish(zone, book);
  Answers answers;
  return support::examine(*make_dmarc({}), facts, book, answers).evidence.at(0);
}

class DmarcSteps : public testing::TestWithParam<Case> {};

TEST_P(DmarcSteps, TellHowItWasFound) {
  const Evidence evidence = examine(GetParam().scene, GetParam().zone);
  std::vector<std::string> steps;
  for (const Step& step : evidence.steps) {
    const std::string asked =
        step.asked ? step.asked->name + ' ' + std::string(name(step.asked->type)) + ": " : "";
    steps.push_back(std::string(2 * step.depth, ' ') + asked + step.meaning);
  }
  const std::string* remedy = evidence.detail("remedy");
  EXPECT_EQ(evidence.reason + (remedy ? " | " + *remedy : ""), GetParam().reason);
  EXPECT_EQ(steps, GetParam().steps);
}

const std::string kReject = "v=DMARC1; p=reject";

INSTANTIATE_TEST_SUITE_P(
    Table, DmarcSteps,
    testing::Values(
        Case{"pass of the author domain",
             {"a.test", "", {"a.test"}},
             {{"_dmarc.a.test", kReject}},
             "dkim passed for a.test, the author domain",
             {"_dmarc.a.test TXT: record, applies: p=reject; organisational domain",
              "_dmarc.test TXT: no record", "dkim passed for a.test: the author domain: aligned"}},
        Case{"pass of a relative, by its own walk",
             {"a.test", "m.a.test"},
             {{"_dmarc.a.test", kReject + "; t=y"}},
             "spf passed for m.a.test, aligned with a.test",
             {"_dmarc.a.test TXT: record, applies: p=reject, only tested (t=y); organisational domain",
              "_dmarc.test TXT: no record", "spf passed for m.a.test: same organisational domain: aligned",
              "  _dmarc.m.a.test TXT: no record", "  _dmarc.a.test TXT: record; organisational domain",
              "  _dmarc.test TXT: no record"}},
        Case{"strangers",
             {"m.a.test", "bounce.test", {"esp.test"}},
             {{"_dmarc.a.test", kReject + "; sp=quarantine"}},
             "dkim passed for esp.test, spf passed for bounce.test, not aligned with m.a.test "
             "(organisational domain a.test) | an SPF or DKIM pass for a.test or a name below it",
             {"_dmarc.m.a.test TXT: no record",
              "_dmarc.a.test TXT: record, applies: sp=quarantine; organisational domain",
              "_dmarc.test TXT: no record",
              "dkim passed for esp.test: outside the organisational domain: not aligned",
              "spf passed for bounce.test: outside the organisational domain: not aligned"}},
        Case{"many strangers",
             {"a.test", "e.test", {"b.test", "c.test", "d.test"}},
             {{"_dmarc.a.test", kReject + "; psd=n"}},
             "dkim passed for b.test, dkim passed for c.test, dkim passed for d.test and 1 more, not aligned "
             "with a.test | an SPF or DKIM pass for a.test or a name below it",
             {"_dmarc.a.test TXT: record with psd=n, applies: p=reject; organisational domain; the walk ends",
              "dkim passed for b.test: outside the organisational domain: not aligned",
              "dkim passed for c.test: outside the organisational domain: not aligned",
              "dkim passed for d.test: outside the organisational domain: not aligned",
              "spf passed for e.test: outside the organisational domain: not aligned"}},
        Case{"strict",
             {"a.test", "m.a.test"},
             {{"_dmarc.a.test", kReject + "; aspf=s; adkim=s"}},
             "spf passed for m.a.test, not aligned with a.test | an SPF or DKIM pass for a.test "
             "itself",
             {"_dmarc.a.test TXT: record, applies: p=reject; organisational domain",
              "_dmarc.test TXT: no record",
              "spf passed for m.a.test: not the author domain, and alignment is strict"}},
        Case{"strict for one",
             {"m.a.test"},
             {{"_dmarc.m.a.test", kReject + "; adkim=s"}, {"_dmarc.a.test", kReject}},
             "neither SPF nor DKIM passed | an SPF pass for a.test or a name below it, or a DKIM pass for "
             "m.a.test itself",
             {"_dmarc.m.a.test TXT: record, applies: p=reject",
              "_dmarc.a.test TXT: record; organisational domain", "_dmarc.test TXT: no record"}},
        Case{"another organisation below",
             {"a.test", "", {"b.a.test"}},
             {{"_dmarc.a.test", kReject}, {"_dmarc.b.a.test", kReject + "; psd=n"}},
             "dkim passed for b.a.test, not aligned with a.test | an SPF or DKIM pass for a.test or a name "
             "below it",
             {"_dmarc.a.test TXT: record, applies: p=reject; organisational domain",
              "_dmarc.test TXT: no record",
              "dkim passed for b.a.test: another organisational domain: not aligned",
              "  _dmarc.b.a.test TXT: record with psd=n; organisational domain; the walk ends"}},
        Case{"public suffix and a name that does not exist",
             {"m.a.test"},
             {{"_dmarc.test", "v=DMARC1; p=none; np=reject; psd=y"}},
             "neither SPF nor DKIM passed | an SPF or DKIM pass for a.test or a name below it",
             {"_dmarc.m.a.test TXT: no record", "_dmarc.a.test TXT: no record",
              "_dmarc.test TXT: record of a public suffix (psd=y), applies: np=reject; the walk ends, "
              "organisational domain is a.test below",
              "m.a.test CNAME: the author domain does not exist: np applies"}},
        Case{"a name that exists",
             {"m.a.test"},
             {{"_dmarc.a.test", "v=DMARC1; p=none; np=reject"}, {"m.a.test", "@192.0.2.1"}},
             "neither SPF nor DKIM passed | an SPF or DKIM pass for a.test or a name below it",
             {"_dmarc.m.a.test TXT: no record",
              "_dmarc.a.test TXT: record, applies: p=none; organisational domain",
              "_dmarc.test TXT: no record", "m.a.test CNAME: the author domain exists: np does not apply"}},
        Case{"a name that may exist",
             {"m.a.test"},
             {{"_dmarc.a.test", "v=DMARC1; p=none; np=reject"}, {"m.a.test", "!servfail"}},
             "neither SPF nor DKIM passed | an SPF or DKIM pass for a.test or a name below it",
             {"_dmarc.m.a.test TXT: no record",
              "_dmarc.a.test TXT: record, applies: np, if the author domain does not exist; organisational "
              "domain",
              "_dmarc.test TXT: no record",
              "m.a.test CNAME: servfail: unknown whether the author domain exists"}},
        Case{"no record",
             {"a.test", "a.test"},
             {},
             "no DMARC record at a.test or above",
             {"_dmarc.a.test TXT: no record", "_dmarc.test TXT: no record",
              "spf passed for a.test: the author domain: aligned"}},
        Case{"no record, and nothing to be aligned with",
             {"a.test", "m.a.test"},
             {},
             "no DMARC record at a.test or above",
             {"_dmarc.a.test TXT: no record", "_dmarc.test TXT: no record",
              "spf passed for m.a.test: no policy: nothing to be aligned with"}},
        Case{"several records",
             {"a.test"},
             {{"_dmarc.a.test", kReject}, {"_dmarc.a.test", kReject}},
             "no DMARC record at a.test or above; there are several at a.test, so none counts | a single "
             "DMARC record, with no tag twice, at _dmarc.a.test",
             {"_dmarc.a.test TXT: several records: all discarded", "_dmarc.test TXT: no record"}},
        Case{"a tag twice",
             {"a.test"},
             {{"_dmarc.a.test", kReject + "; p=none"}},
             "no DMARC record at a.test or above; the one at a.test has a tag twice and does not count | a "
             "single DMARC record, with no tag twice, at _dmarc.a.test",
             {"_dmarc.a.test TXT: a tag twice: discarded", "_dmarc.test TXT: no record"}},
        Case{"a bad policy",
             {"a.test"},
             {{"_dmarc.a.test", "v=DMARC1; p=rejct"}},
             "the record at a.test has no valid policy (p, sp, np) and no rua | none, quarantine or reject "
             "in each of p, sp and np at _dmarc.a.test",
             {"_dmarc.a.test TXT: record, applies, but p, sp or np is not valid and there is no rua; "
              "organisational domain",
              "_dmarc.test TXT: no record"}},
        Case{"a bad policy, with reports",
             {"a.test"},
             {{"_dmarc.a.test", "v=DMARC1; p=rejct; rua=mailto:a@b"}},
             "neither SPF nor DKIM passed | an SPF or DKIM pass for a.test or a name below it",
             {"_dmarc.a.test TXT: record, applies: p, sp or np is not valid, so as p=none; organisational "
              "domain",
              "_dmarc.test TXT: no record"}},
        Case{"no answer",
             {"m.a.test", "m.a.test"},
             {{"_dmarc.a.test", "!timeout"}},
             "_dmarc.a.test TXT: timeout",
             {"_dmarc.m.a.test TXT: no record", "_dmarc.a.test TXT: timeout: unknown what is here and above",
              "spf passed for m.a.test: the author domain: aligned"}},
        Case{"no answer, and one organisation all the same",
             {"a.test", "m.a.test"},
             {{"_dmarc.a.test", kReject}, {"_dmarc.test", "!servfail"}},
             "spf passed for m.a.test, aligned with a.test",
             {"_dmarc.a.test TXT: record, applies: p=reject",
              "_dmarc.test TXT: servfail: unknown what is here and above",
              "spf passed for m.a.test: same organisational domain: aligned",
              "  _dmarc.m.a.test TXT: no record", "  _dmarc.a.test TXT: record",
              "  _dmarc.test TXT: servfail: unknown what is here and above"}},
        Case{"identities in doubt",
             {"a.test", "!a.test", {"!m.a.test"}},
             {{"_dmarc.a.test", kReject}},
             "dkim for m.a.test: no key today",
             {"_dmarc.a.test TXT: record, applies: p=reject; organisational domain",
              "_dmarc.test TXT: no record", "dkim may pass for m.a.test: same organisational domain: aligned",
              "  _dmarc.m.a.test TXT: no record", "  _dmarc.a.test TXT: record; organisational domain",
              "  _dmarc.test TXT: no record", "spf may pass for a.test: the author domain: aligned"}},
        Case{"doubt about nobody",
             {"a.test", "!"},
             {{"_dmarc.a.test", kReject}},
             "spf: no SPF today",
             {"_dmarc.a.test TXT: record, applies: p=reject; organisational domain",
              "_dmarc.test TXT: no record", "spf may pass: no SPF today"}}));

std::string older(const std::string& author, const support::DmarcZone& zone) {
  const Evidence evidence = examine({author}, zone);
  const std::string* detail = evidence.detail("rfc7489_org_domain");
  return detail ? *detail : "";
}

TEST(OlderOrganisation, IsToldWhereItDiffers) {
  EXPECT_EQ(older("m.a.com", {{"_dmarc.a.com", kReject}}), "") << "the same";
  EXPECT_EQ(older("x.m.a.com", {{"_dmarc.m.a.com", kReject + "; psd=n"}}), "a.com");
  EXPECT_EQ(older("a.com", {{"_dmarc.com", kReject}}), "a.com");
  EXPECT_EQ(older("com", {{"_dmarc.com", kReject}}), "") << "a suffix had none";
  EXPECT_EQ(older("x.m.a.com", {}), "") << "no policy: it would not have mattered";
  EXPECT_EQ(older("m.a.com", {{"_dmarc.m.a.com", kReject}, {"_dmarc.com", "!servfail"}}), "")
      << "ours is not known";
}

}  // namespace
}  // namespace filters::dmarc
