// What judging may not cost: no allocation while nothing decides, and no more than a line of work for each
// rule in doubt.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/support/policy_bench.h"

namespace {

std::atomic<std::size_t> allocations{0};  // NOLINT: operator new knows no object

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace policy;

// One test of every kind, none of which holds with the facts below.
constexpr std::string_view kTests[] = {
    "client.trusted",
    "client.ip in lists.nets",
    "client.ip == 2001:db8::1",
    "spf.mailfrom == fail",
    "spf.mailfrom in [softfail, temperror]",
    "troubled(dmarc.result)",
    "dmarc.policy == reject",
    "rcpt.count > 17",
    "now >= 2030-01-01",
    "helo.name == \"somebody.else.example\"",
    "helo.name under lists.domains",
    "sender.address == \"a.longer.address@somewhere.else.example\"",
    "sender.address in lists.addresses",
    "sender.domain in lists.domains",
    "from.domain under lists.domains",
    "from.domain under \"far.away.example\"",
    "from.domain != sender.domain",
    "sender.address != from.address",
    "from.name == \"Ludwig van Beethoven the Younger\"",
    "from.name in lists.people",
    "from.name contains \"beethoven\"",
    "subject matches \"^(buy|sell) .*now\"",
    "subject contains lists.words",
    "dkim.pass_domains has any lists.domains",
    "from.domain under dkim.pass_domains",
    "header(\"List-Id\") != \"\"",
    "header(\"Subject\") matches \"viagra\"",
    "header(\"X-Folded\") == \"a field of several lines that is not equal to this\"",
    "header_count(\"Received\") > 20"};
constexpr std::string_view kFacts =
    "client.trusted=no;client.ip=192.0.2.1;spf.mailfrom=pass;dmarc.result=pass;dmarc.policy=none;rcpt.count="
    "3;"
    "helo.name=mail.partner-with-a-long-name.example;sender.address=somebody.with.a.long.name@partner."
    "example;"
    "sender.domain=partner.example;from.address=somebody.with.a.long.name@partner.example;"
    "from.domain=partner.example;from.name=Ann-Sophie Österreicher-von Habsburg;"
    "subject=The minutes of our meeting on Thursday;dkim.pass_domains=mail.partner.example;"
    "Subject: The minutes of our meeting on Thursday;X-Folded: one line\r\n and another;*";

std::string rules_of_all_kinds() {
  std::string text =
      "[score]\ntag = 4\nquarantine = 8\nreject = 12\n[lists]\nnets = [\"198.51.100.0/24\", "
      "\"2001:db8::/32\"]\n"
      "domains = [\"elsewhere.example\"]\naddresses = [\"@elsewhere.example\", \"bob@else.example\"]\n"
      "people = [\"Clara Schumann\"]\nwords = [\"lottery\", \"inheritance\"]\n";
  unsigned number = 0;
  for (const char* then : {"then = \"reject\"", "then = \"accept\"", "score = 2.5",
                           "then = \"tag\"\nsubject = \"[X] \"", "then = \"reject\"\ntrial = true"})
    for (const std::string_view test : kTests)
      text += "[[rule]]\nid = \"a-rule-with-a-long-name-" + std::to_string(++number) + "\"\nwhen = '" +
              std::string(test) + " and not client.relay'\n" + then + "\n";
  return text;
}

std::size_t allocations_of(const Policy& policy, const Facts& facts, Policy::Moment moment) {
  const std::size_t before = allocations;
  const Verdict verdict = policy.decide(facts, moment);
  return allocations - before;
}

TEST(JudgingCost, NoAllocationWhileNothingDecides) {
  const auto loaded = support::load_policy(rules_of_all_kinds());
  ASSERT_TRUE(loaded.policy) << loaded.diagnostics;
  Facts facts(support::full_vocabulary());
  EXPECT_EQ(allocations_of(*loaded.policy, facts, {}), 0u) << "nothing is known";
  support::set_facts(facts, kFacts);
  const Verdict verdict = loaded.policy->decide(facts, {.at_end = true});
  ASSERT_EQ(verdict.rule, "@default");
  EXPECT_EQ(allocations_of(*loaded.policy, facts, {.at_end = true}), 0u);
}

TEST(JudgingCost, TheCountSeesWhatIsAllocated) {
  const auto loaded = support::load_policy(
      "[[rule]]\nid = \"a-rule-with-a-name-that-is-long\"\nwhen = 'true'\nthen = \"accept\"\n");
  Facts facts(support::full_vocabulary());
  EXPECT_GT(allocations_of(*loaded.policy, facts, {}), 0u);
}

// Each rule in doubt is taken both ways.  Were it judged anew for each, two thousand would need for ever, or
// a stack for each.
TEST(JudgingCost, AsManyRulesInDoubtAsThereCanBe) {
  std::string text;
  for (unsigned i = 0; i < 2000; ++i)
    text += "[[rule]]\nid = \"r" + std::to_string(i) + "\"\nwhen = 'spf.mailfrom == fail'\nthen = \"" +
            (i % 2 ? "reject" : "quarantine") + "\"\n";
  const auto loaded = support::load_policy(text);
  ASSERT_TRUE(loaded.policy) << loaded.diagnostics;
  Facts facts(support::full_vocabulary());
  support::set_facts(facts, "spf.mailfrom=!timeout");
  const Verdict verdict = loaded.policy->decide(facts, {.at_end = true});
  EXPECT_EQ(verdict.rule, "@trouble");
  EXPECT_EQ(verdict.trouble.front(), "rule 'r0' is unknown");
}

}  // namespace
