// Random policies and random facts, judged each time another fact is known and once at the end: the verdict
// is what a plain reading of the manual comes to, and what is settled early stays.
//
//   POSTERN_CASES=1000000 policy_tests --gtest_filter='EarlyAndLate.*'   more than the seconds of a usual run
//   POSTERN_SEED=…                                   the same again; a failure names its own
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <random>

#include "filters/registry.h"
#include "policy/condition.h"
#include "tests/support/policy_bench.h"

namespace {

using namespace policy;

constexpr unsigned kCases = 60'000;
constexpr unsigned kSamples = 25;  // of facts, for each policy

// What a fact can come to, as support::set_facts() has it; "[]" is an empty list.
struct Given {
  std::string name;
  Phase final_at;
  std::vector<std::string> values;
};

const std::vector<Given> kFacts{{"client.trusted", Phase::connect, {"yes", "no"}},
                                {"client.ip", Phase::connect, {"192.0.2.7", "2001:db8::7"}},
                                {"spf.mailfrom", Phase::mail, {"pass", "fail", "softfail", "!x"}},
                                {"spf.helo", Phase::mail, {"pass", "temperror", "!x"}},
                                {"sender.domain", Phase::mail, {"a.example", "sub.b.example", ""}},
                                {"rcpt.count", Phase::data, {"1", "5"}},
                                {"from.domain", Phase::headers, {"a.example", "b.example", "!x"}},
                                {"from.name", Phase::headers, {"LEE, Ann", "Bob Ray", "!x"}},
                                {"local.names", Phase::connect, {"Ánn Lee", "Bob", "[]"}},
                                {"List-Id", Phase::headers, {"X-Other: a.example", "List-Id: a.example"}},
                                {"dkim.result", Phase::message, {"pass", "fail", "none", "!x"}},
                                {"dkim.pass_domains",
                                 Phase::message,
                                 {"a.example", "b.example", "[]", "!x", "!x|a.example", "!x|b.example"}},
                                {"dmarc.result", Phase::message, {"pass", "fail", "!x"}},
                                {"dmarc.policy", Phase::message, {"none", "quarantine", "reject", "!x"}},
                                {"arc.trusted", Phase::message, {"yes", "no"}}};

// A test, and what it comes to for each value of its fact: (y)es, (n)o, (s)tuck.  With a second fact: for
// each value of the first a word with one letter for each of the second.
struct Atom {
  std::string text;
  std::string fact;
  std::string truths;
  std::string second = {};
};

const std::vector<Atom> kAtoms{
    {"true", "", "y"},
    {"false", "", "n"},
    {"client.trusted", "client.trusted", "yn"},
    {"client.trusted == false", "client.trusted", "ny"},
    {"client.ip in 192.0.2.0/24", "client.ip", "yn"},
    {"client.ip == 2001:db8::7", "client.ip", "ny"},
    {"client.ip in lists.nets", "client.ip", "yy"},
    {"spf.mailfrom == fail", "spf.mailfrom", "nyns"},
    {"spf.mailfrom != pass", "spf.mailfrom", "nyys"},
    {"spf.mailfrom in [fail, softfail]", "spf.mailfrom", "nyys"},
    {"spf.mailfrom in [fail, temperror]", "spf.mailfrom", "nyny"},
    {"troubled(spf.mailfrom)", "spf.mailfrom", "nnny"},
    {"spf.helo == temperror", "spf.helo", "nyy"},
    {"spf.helo != temperror", "spf.helo", "ynn"},
    {"sender.domain == \"a.example\"", "sender.domain", "ynn"},
    {"sender.domain under lists.ours", "sender.domain", "nyn"},
    {"sender.domain in lists.ours", "sender.domain", "nnn"},
    {"sender.domain contains \"B.\"", "sender.domain", "nyn"},
    {"sender.domain matches \"^sub\"", "sender.domain", "nyn"},
    {"rcpt.count > 1", "rcpt.count", "ny"},
    {"rcpt.count <= 1", "rcpt.count", "yn"},
    {"rcpt.count != 5", "rcpt.count", "yn"},
    {"from.domain != \"A.example\"", "from.domain", "nys"},
    {"from.domain under dkim.pass_domains", "from.domain", "ynnsys nynssy ssssss", "dkim.pass_domains"},
    {"from.name == \"ann lee\"", "from.name", "yns"},
    {"from.name in local.names", "from.name", "ynn nnn sss", "local.names"},
    {"local.names has \"lee ann\"", "local.names", "ynn"},
    {"header(\"list-id\") != \"\"", "List-Id", "ny"},
    {"header_count(\"List-Id\") == 0", "List-Id", "yn"},
    {"header(\"List-Id\") in dkim.pass_domains", "List-Id", "nnnsss ynnsys", "dkim.pass_domains"},
    {"dkim.result == pass", "dkim.result", "ynns"},
    {"dkim.result in [none, pass]", "dkim.result", "ynys"},
    {"troubled(dkim.result)", "dkim.result", "nnny"},
    {"dkim.pass_domains has \"a.example\"", "dkim.pass_domains", "ynnsys"},
    {"dkim.pass_domains has any lists.ours", "dkim.pass_domains", "nynssy"},
    {"dkim.pass_domains != \"a.example\"", "dkim.pass_domains", "nynssy"},
    {"dmarc.result == fail", "dmarc.result", "nys"},
    {"dmarc.result != fail", "dmarc.result", "yns"},
    {"dmarc.policy == reject", "dmarc.policy", "nnys"},
    {"dmarc.policy != none", "dmarc.policy", "nyys"},
    {"arc.trusted", "arc.trusted", "yn"}};

// Which value each fact has; -1: none yet.
using World = std::array<int, 16>;

std::size_t index_of(const std::string& fact) {
  return static_cast<std::size_t>(std::ranges::find(kFacts, fact, &Given::name) - kFacts.begin());
}

struct Term {
  enum class Kind { atom, negated, all, any } kind = Kind::atom;
  const Atom* atom = nullptr;
  std::vector<Term> inner;

  std::string text() const {
    if (kind == Kind::atom) return atom->text;
    if (kind == Kind::negated) return "not (" + inner[0].text() + ")";
    std::string joined;
    for (const Term& one : inner)
      joined += (joined.empty() ? "(" : kind == Kind::all ? " and " : " or ") + one.text();
    return joined + ")";
  }
  Truth truth(const World& world) const {
    if (kind == Kind::negated) return negated(inner[0].truth(world));
    if (kind == Kind::atom) return atom_truth(world);
    Truth result = kind == Kind::all ? Truth::yes : Truth::no;
    for (const Term& one : inner)
      result = kind == Kind::all ? both(result, one.truth(world)) : either(result, one.truth(world));
    return result;
  }
  Truth atom_truth(const World& world) const {
    std::size_t at = 0;
    if (!atom->fact.empty()) {
      const int first = world[index_of(atom->fact)];
      const int second = atom->second.empty() ? 0 : world[index_of(atom->second)];
      if (first < 0 || second < 0) return Truth::open;
      const std::size_t row = atom->second.empty() ? 1 : kFacts[index_of(atom->second)].values.size() + 1;
      at = static_cast<std::size_t>(first) * row + static_cast<std::size_t>(second);
    }
    return atom->truths[at] == 'y' ? Truth::yes : atom->truths[at] == 'n' ? Truth::no : Truth::stuck;
  }
};

struct PlainRule {
  std::string id;
  Term when;
  std::string then;
  int tenths = 0;  // of score
  bool trial = false;
  std::string until;  // the last day
  std::vector<std::string> exempts;

  bool decides() const { return parse_disposition(then).has_value(); }
  bool over(const std::string& today) const { return !until.empty() && until < today; }
};

struct PlainPolicy {
  std::vector<PlainRule> rules;
  std::vector<std::pair<std::string, int>> limits;  // in tenths
  Disposition by_default = Disposition::accept;

  std::string text() const {
    std::string text =
        "[lists]\nours = [\"b.example\"]\nnets = [\"192.0.2.0/25\", \"2001:db8::/32\"]\n[score]\n";
    const auto number = [](int tenths) {
      return std::string(tenths < 0 ? "-" : "") + std::to_string(std::abs(tenths) / 10) + "." +
             std::to_string(std::abs(tenths) % 10);
    };
    for (const auto& [name, tenths] : limits) text += name + " = " + number(tenths) + "\n";
    for (const PlainRule& rule : rules) {
      text += "[[rule]]\nid = \"" + rule.id + "\"\nwhen = '" + rule.when.text() + "'\nthen = \"" + rule.then +
              "\"\n";
      if (rule.then == "score" || rule.then == "tag") text += "score = " + number(rule.tenths) + "\n";
      if (rule.trial) text += "trial = true\n";
      if (!rule.until.empty()) text += "until = " + rule.until + "\n";
      for (std::size_t i = 0; i < rule.exempts.size(); ++i)
        text += (i == 0 ? "exempt = [\"" : ", \"") + rule.exempts[i] + "\"";
      if (!rule.exempts.empty()) text += "]\n";
    }
    return text;
  }
};

// The manual, read plainly, once everything is known that will be.
class PlainJudge {
 public:
  PlainJudge(const PlainPolicy& policy, const World& world, std::string today, bool trouble_passed)
      : policy_(policy), world_(world), today_(std::move(today)), trouble_passed_(trouble_passed) {}

  struct Result {
    Disposition action;
    std::string rule;
    std::string hangs_on;  // with @trouble
    int tenths;
  };
  Result judge() const { return from(0, 0); }

  Truth held(const PlainRule& rule) const {
    if (off(rule)) return Truth::no;
    Truth truth = rule.when.truth(world_);
    for (const PlainRule& other : policy_.rules)
      if (std::ranges::count(other.exempts, rule.id) > 0 && !other.trial && !off(other))
        truth = both(truth, negated(other.when.truth(world_)));
    return truth == Truth::open ? Truth::stuck : truth;
  }

 private:
  bool off(const PlainRule& rule) const {
    return rule.over(today_) ||
           rule.when.text().find("arc.trusted") != std::string::npos;  // its filter does not run
  }

  Result from(std::size_t first, int total) const {
    for (std::size_t i = first; i < policy_.rules.size(); ++i) {
      const PlainRule& rule = policy_.rules[i];
      const Truth held = this->held(rule);
      if (held == Truth::no || rule.trial) continue;
      if (!rule.decides()) {
        if (held == Truth::yes) total += rule.tenths;
        continue;
      }
      const Disposition action = *parse_disposition(rule.then);
      if (held == Truth::yes) return {action, rule.id, "", total};
      if (trouble_passed_) continue;
      const Result without = from(i + 1, total);
      if (without.action == action) return without;
      return {Disposition::defer, "@trouble", rule.id, total};
    }
    for (const std::string name : {"reject", "defer", "quarantine"})
      for (const auto& [limit, tenths] : policy_.limits)
        if (limit == name && total >= tenths) return {*parse_disposition(name), "@score", "", total};
    return {policy_.by_default, "@default", "", total};
  }

  const PlainPolicy& policy_;
  const World& world_;
  std::string today_;
  bool trouble_passed_;
};

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  int below(int limit) { return static_cast<int>(engine_() % static_cast<unsigned>(limit)); }
  bool one_in(int many) { return below(many) == 0; }
  template <class List>
  const auto& of(const List& list) {
    return list[static_cast<std::size_t>(below(static_cast<int>(list.size())))];
  }
  template <class List>
  void shuffle(List& list) {
    std::shuffle(list.begin(), list.end(), engine_);
  }

  Term term(int depth) {
    if (depth == 0 || one_in(3)) return {.kind = Term::Kind::atom, .atom = &of(kAtoms), .inner = {}};
    if (one_in(4)) return {.kind = Term::Kind::negated, .atom = nullptr, .inner = {term(depth - 1)}};
    Term joined{.kind = one_in(2) ? Term::Kind::all : Term::Kind::any, .atom = nullptr, .inner = {}};
    for (int i = 2 + below(2); i > 0; --i) joined.inner.push_back(term(depth - 1));
    return joined;
  }

  PlainPolicy policy() {
    static const std::vector<std::string> deciding{"accept", "quarantine", "defer", "reject"};
    PlainPolicy policy;
    policy.by_default = *parse_disposition(of(deciding));
    for (const std::string limit : {"tag", "quarantine", "defer", "reject"})
      if (!one_in(3)) policy.limits.emplace_back(limit, 1 + below(12));
    for (int i = 1 + below(8); i > 0; --i) {
      PlainRule rule;
      rule.id = "r" + std::to_string(i);
      rule.when = term(below(4));
      const int kind = below(8);
      rule.then = kind < 4 ? of(deciding) : kind < 6 ? "score" : kind == 6 ? "tag" : "exempt";
      if (rule.then == "score" || rule.then == "tag") rule.tenths = below(12) - 3;
      rule.trial = one_in(6);
      if (one_in(6)) rule.until = of(std::vector<std::string>{"2026-05-31", "2026-06-01", "2026-06-02"});
      policy.rules.push_back(std::move(rule));
    }
    std::vector<std::string> named;
    for (const PlainRule& rule : policy.rules)
      if (rule.then != "exempt") named.push_back(rule.id);
    std::erase_if(policy.rules,
                  [&](const PlainRule& rule) { return rule.then == "exempt" && named.empty(); });
    for (PlainRule& rule : policy.rules)
      if (rule.then == "exempt") {
        shuffle(named);
        rule.exempts.assign(named.begin(), named.begin() + 1 + below(static_cast<int>(named.size())));
      }
    return policy;
  }

  // Every fact at its moment, or some time after it; or in any order at all.
  std::vector<std::size_t> order() {
    std::vector<std::pair<int, std::size_t>> moments;
    const bool any = one_in(2);
    for (std::size_t i = 0; i < kFacts.size(); ++i)
      moments.emplace_back(any ? below(1000) : 100 * static_cast<int>(kFacts[i].final_at) + below(300), i);
    std::ranges::sort(moments);
    std::vector<std::size_t> order;
    for (const auto& [moment, fact] : moments) order.push_back(fact);
    return order;
  }

 private:
  std::mt19937 engine_;
};

void set(Facts& facts, std::size_t fact, int value) {
  const std::string& text = kFacts[fact].values[static_cast<std::size_t>(value)];
  if (kFacts[fact].name == "List-Id") return support::set_facts(facts, text);
  support::set_facts(facts, kFacts[fact].name + "=" + (text == "[]" ? "" : text));
}

unsigned number_from(const char* variable, unsigned otherwise) {
  const char* text = std::getenv(variable);
  if (!text) return otherwise;
  unsigned number = 0;
  std::from_chars(text, text + std::char_traits<char>::length(text), number);
  return number;
}

struct Count {
  unsigned cases = 0;
  unsigned early = 0;
  unsigned trouble = 0;
  unsigned score = 0;
};

// One policy with some facts.  False when something was wrong.
void try_out(const PlainPolicy& plain, const Policy& policy, const Vocabulary& vocabulary, Chance& chance,
             Count& count) {
  World world;
  world.fill(-1);
  for (std::size_t i = 0; i < kFacts.size(); ++i)
    if (!chance.one_in(15)) world[i] = chance.below(static_cast<int>(kFacts[i].values.size()));
  const bool trouble_passed = chance.one_in(5);
  const std::string today = chance.one_in(2) ? "2026-06-01" : "2026-06-02";
  Facts facts(vocabulary);
  support::set_facts(facts, "now=" + today);
  std::optional<Verdict> settled;
  std::string known;
  for (const std::size_t fact : chance.order()) {
    if (world[fact] < 0) continue;
    set(facts, fact, world[fact]);
    known += kFacts[fact].name + "=" + kFacts[fact].values[static_cast<std::size_t>(world[fact])] + "; ";
    Verdict verdict = policy.decide(facts, {.trouble_passed = trouble_passed});
    if (settled) {
      ASSERT_TRUE(verdict.settled) << known;
      ASSERT_EQ(verdict.action, settled->action) << known;
      ASSERT_EQ(verdict.rule, settled->rule) << known;
    } else if (verdict.settled) {
      known += "(settled: " + verdict.rule + ") ";
      settled = std::move(verdict);
    }
  }
  const PlainJudge judge(plain, world, today, trouble_passed);
  const PlainJudge::Result wanted = judge.judge();
  for (const bool outcomes : {false, true}) {
    const Verdict last =
        policy.decide(facts, {.at_end = true, .trouble_passed = trouble_passed, .outcomes = outcomes});
    ASSERT_TRUE(last.settled);
    ASSERT_EQ(last.rule, wanted.rule) << known;
    ASSERT_EQ(last.action, wanted.action) << known;
    ASSERT_EQ(last.score, wanted.tenths / 10.0) << known;
    ASSERT_EQ(last.trouble.empty() ? "" : last.trouble.front(),
              wanted.hangs_on.empty() ? "" : "rule '" + wanted.hangs_on + "' is unknown")
        << known;
    for (std::size_t i = 0; outcomes && i < plain.rules.size(); ++i)
      ASSERT_EQ(last.rules.at(i).held, judge.held(plain.rules[i])) << plain.rules[i].id << ": " << known;
    if (settled) {
      ASSERT_EQ(last.action, settled->action) << known;
      ASSERT_EQ(last.rule, settled->rule) << known;
    }
  }
  count.cases += 1;
  count.early += settled ? 1 : 0;
  count.trouble += wanted.rule == "@trouble" ? 1 : 0;
  count.score += wanted.rule == "@score" ? 1 : 0;
}

TEST(EarlyAndLate, AgreeForRandomPoliciesAndFacts) {
  static const Vocabulary vocabulary = filters::make_vocabulary({"arc"});
  const unsigned seed = number_from("POSTERN_SEED", std::random_device{}());
  const unsigned cases = number_from("POSTERN_CASES", kCases);
  std::cout << "POSTERN_SEED=" << seed << " POSTERN_CASES=" << cases << std::endl;
  Count count;
  for (unsigned number = 0; count.cases < cases; ++number) {
    Chance chance(seed + number);
    const PlainPolicy plain = chance.policy();
    SCOPED_TRACE("POSTERN_SEED=" + std::to_string(seed + number) + " POSTERN_CASES=1\n" + plain.text());
    const auto loaded = support::load_policy(plain.text(), {.by_default = plain.by_default}, vocabulary);
    ASSERT_TRUE(loaded.policy) << loaded.diagnostics;
    for (unsigned sample = 0; sample < kSamples; ++sample) {
      ASSERT_NO_FATAL_FAILURE(try_out(plain, *loaded.policy, vocabulary, chance, count));
    }
  }
  if (cases < 1000) return;
  EXPECT_GT(count.early, cases / 4);
  EXPECT_GT(count.trouble, cases / 50);
  EXPECT_GT(count.score, cases / 50);
}

}  // namespace
