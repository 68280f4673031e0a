// What conditions come to: operators, types, lists, names, three values.
#include <gtest/gtest.h>

#include "tests/support/named.h"
#include "tests/support/policy_bench.h"

namespace {

using namespace policy;

struct Case {
  std::string name;
  std::string condition;
  std::string facts;
  std::string held;  // yes, no, open, stuck
};
POSTERN_NAMED(Case)

std::string held(const std::string& condition, const std::string& given) {
  const auto loaded = support::load_policy(
      "[lists]\npartners = [\"partner.example\", \"bank.example\"]\nnets = [\"192.0.2.0/24\", "
      "\"2001:db8::/32\", "
      "\"198.51.100.7\"]\n[define]\nvouched = 'spf.mailfrom == "
      "pass or dkim.result == pass'\n[[rule]]\nid = \"r\"\nthen = \"reject\"\nwhen = '''" +
      condition + "'''\n");
  if (!loaded.policy) return loaded.diagnostics;
  Facts facts(support::full_vocabulary());
  support::set_facts(facts, given);
  const Verdict verdict = loaded.policy->decide(facts, {.outcomes = true});
  if (verdict.rules.front().held == Truth::open) return "open";
  if (verdict.rules.front().held == Truth::stuck) return "stuck";
  return std::string(name(verdict.rules.front().held));
}

class Conditions : public testing::TestWithParam<Case> {};

TEST_P(Conditions, Hold) { EXPECT_EQ(held(GetParam().condition, GetParam().facts), GetParam().held); }

INSTANTIATE_TEST_SUITE_P(
    Operators, Conditions,
    testing::Values(
        Case{"outcome equal", "dmarc.result == fail", "dmarc.result=fail", "yes"},
        Case{"outcome different", "dmarc.result != fail", "dmarc.result=fail", "no"},
        Case{"outcome in list", "spf.mailfrom in [fail, softfail]", "spf.mailfrom=softfail", "yes"},
        Case{"choice", "dmarc.policy == reject", "dmarc.policy=reject", "yes"},
        Case{"choice in list", "dmarc.policy in [none, quarantine]", "dmarc.policy=reject", "no"},
        Case{"bool alone", "client.trusted", "client.trusted=yes", "yes"},
        Case{"bool == false", "client.trusted == false", "client.trusted=no", "yes"},
        Case{"bool != true", "client.trusted != true", "client.trusted=yes", "no"},
        Case{"number at the border", "rcpt.count >= 3", "rcpt.count=3", "yes"},
        Case{"number above", "rcpt.count > 3", "rcpt.count=3", "no"},
        Case{"number below", "message.size < 10", "message.size=9.5", "yes"},
        Case{"number at most", "message.size <= 10", "message.size=10", "yes"},
        Case{"text without case", "subject == \"HELLO\"", "subject=hello", "yes"},
        Case{"text with a quote", "subject == \"say \\\"hi\\\"\"", "subject=say \"hi\"", "yes"},
        Case{"domain as U-label", "from.domain == \"bücher.example\"", "from.domain=xn--bcher-kva.example",
             "yes"},
        Case{"address without case", "sender.address == \"Bob@A.example\"", "sender.address=bob@a.example",
             "yes"},
        Case{"null sender", "sender.address == \"\"", "sender.address=", "yes"},
        Case{"two facts", "from.domain == sender.domain", "from.domain=a.example;sender.domain=a.example",
             "yes"},
        Case{"two facts differ", "from.domain != sender.domain",
             "from.domain=a.example;sender.domain=b.example", "yes"},
        Case{"text and domain", "helo.name == from.domain", "helo.name=A.example;from.domain=a.example",
             "yes"},
        Case{"ip in a network", "client.ip in 192.0.2.0/24", "client.ip=192.0.2.9", "yes"},
        Case{"ip equal", "client.ip == 192.0.2.9", "client.ip=192.0.2.9", "yes"},
        Case{"ip6 equal", "client.ip == 2001:db8::9", "client.ip=2001:db8::9", "yes"},
        Case{"ip in networks", "client.ip in [\"10.0.0.0/8\", 192.0.2.9]", "client.ip=192.0.2.9", "yes"},
        Case{"ip in a list", "client.ip in lists.nets", "client.ip=2001:db8:1::1", "yes"},
        Case{"single address in a list", "client.ip in lists.nets", "client.ip=198.51.100.7", "yes"},
        Case{"ip not in a list", "client.ip in lists.nets", "client.ip=198.51.100.8", "no"},
        Case{"domain in a list", "from.domain in lists.partners", "from.domain=partner.example", "yes"},
        Case{"below is not in", "from.domain in lists.partners", "from.domain=a.partner.example", "no"},
        Case{"under a list", "from.domain under lists.partners", "from.domain=a.partner.example", "yes"},
        Case{"under on label borders", "from.domain under \"example\"", "from.domain=notexample", "no"},
        Case{"under itself", "from.domain under \"a.example\"", "from.domain=a.example", "yes"},
        Case{"nothing is under the empty name", "from.domain under sender.domain",
             "from.domain=a.example;sender.domain=", "no"},
        Case{"address under", "sender.address under \"example\"", "sender.address=x@a.example", "yes"},
        Case{"helo under, trailing dot", "helo.name under \"a.example\"", "helo.name=MX.A.example.", "yes"},
        Case{"under a fact's list", "from.domain under local.domains",
             "from.domain=x.b.example;local.domains=a.example,b.example", "yes"},
        Case{"list has", "dkim.pass_domains has \"b.example\"", "dkim.pass_domains=a.example,b.example",
             "yes"},
        Case{"list has any", "dkim.pass_domains has any [\"x.example\", \"a.example\"]",
             "dkim.pass_domains=a.example", "yes"},
        Case{"list has any of a list", "dkim.pass_domains has any lists.partners",
             "dkim.pass_domains=bank.example", "yes"},
        Case{"any member is enough", "dkim.pass_domains under \"example\"",
             "dkim.pass_domains=a.test,b.example", "yes"},
        Case{"empty list", "dkim.pass_domains == \"a.example\"", "dkim.pass_domains=", "no"},
        Case{"in a fact's list", "from.domain in dkim.pass_domains",
             "from.domain=a.example;dkim.pass_domains=a.example", "yes"},
        Case{"matches without case", "subject matches \"inv.ice\"", "subject=Your INVOICE", "yes"},
        Case{"matches raw backslash", "subject matches \"^\\d+$\"", "subject=123", "yes"},
        Case{"contains", "subject contains \"win\"", "subject=You WIN", "yes"},
        Case{"contains any", "subject contains [\"x\", \"win\"]", "subject=You win", "yes"},
        Case{"header absent is one empty text", "header(\"List-Id\") != \"\"", "Subject: x", "no"},
        Case{"header there", "header(\"list-id\") != \"\"", "List-Id: <a.example>", "yes"},
        Case{"any occurrence", "header(\"X-A\") contains \"two\"", "X-A: one;X-A: two", "yes"},
        Case{"header count", "header_count(\"From\") > 1", "From: a;From: b", "yes"},
        Case{"names fold accents and order", "from.name == \"José Díaz\"", "from.name=diaz, JOSE", "yes"},
        Case{"local names", "from.name in local.names", "from.name=Garcia Ana;local.names=Ana García,Bo",
             "yes"},
        Case{"time", "now < 2027-01-31", "now=2026-12-31", "yes"},
        Case{"define", "vouched and not client.trusted",
             "dkim.result=pass;spf.mailfrom=fail;client.trusted=no", "yes"},
        Case{"constant", "true", "", "yes"},
        Case{"precedence: and binds before or", "true or true and false", "", "yes"},
        Case{"parentheses", "(true or true) and false", "", "no"},
        Case{"not binds tightest", "not false and true", "", "yes"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

INSTANTIATE_TEST_SUITE_P(
    ThreeValues, Conditions,
    testing::Values(
        Case{"open", "dmarc.result == fail", "", "open"},
        Case{"no and open", "client.trusted and dmarc.result == fail", "client.trusted=no", "no"},
        Case{"yes and open", "client.trusted and dmarc.result == fail", "client.trusted=yes", "open"},
        Case{"yes or open", "client.trusted or dmarc.result == fail", "client.trusted=yes", "yes"},
        Case{"troubled", "dmarc.result == fail", "dmarc.result=!timeout", "stuck"},
        Case{"different is stuck too", "dmarc.result != fail", "dmarc.result=!timeout", "stuck"},
        Case{"temperror sees trouble", "dmarc.result == temperror", "dmarc.result=!timeout", "yes"},
        Case{"not temperror sees it too", "dmarc.result != temperror", "dmarc.result=!timeout", "no"},
        Case{"temperror in a list", "dmarc.result in [fail, temperror]", "dmarc.result=!timeout", "yes"},
        Case{"troubled()", "troubled(dmarc.result)", "dmarc.result=!timeout", "yes"},
        Case{"troubled() of a known fact", "troubled(dmarc.result)", "dmarc.result=pass", "no"},
        Case{"troubled() too early", "troubled(dmarc.result)", "", "open"},
        Case{"no and stuck", "client.trusted and dmarc.result == fail", "client.trusted=no;dmarc.result=!x",
             "no"},
        Case{"stuck and open", "dmarc.result == fail and spf.mailfrom == pass", "dmarc.result=!x", "open"},
        Case{"stuck or open", "dmarc.result == fail or spf.mailfrom == pass", "dmarc.result=!x", "open"},
        Case{"yes and stuck", "client.trusted and dmarc.result == fail", "client.trusted=yes;dmarc.result=!x",
             "stuck"},
        Case{"a match in a partly known list holds", "dkim.pass_domains has \"a.example\"",
             "dkim.pass_domains=!x|a.example", "yes"},
        Case{"a non-match is unknown", "dkim.pass_domains has \"b.example\"",
             "dkim.pass_domains=!x|a.example", "stuck"},
        Case{"a member of a partly known list", "from.domain in dkim.pass_domains",
             "from.domain=a.example;dkim.pass_domains=!x|a.example", "yes"},
        Case{"no member of a partly known list", "from.domain in dkim.pass_domains",
             "from.domain=c.example;dkim.pass_domains=!x|a.example", "stuck"},
        Case{"a header before there is one", "header(\"X\") == \"\"", "", "open"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

}  // namespace
