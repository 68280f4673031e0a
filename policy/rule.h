#pragma once
// A compiled rule, and the rules of a policy.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/condition.h"
#include "policy/facts/facts.h"
#include "policy/reply_template.h"
#include "policy/verdict.h"

namespace policy {

enum class Then { accept, quarantine, defer, reject, tag, score, exempt };  // the first four decide

inline constexpr std::array<std::string_view, 7> kThen{"accept", "quarantine", "defer", "reject",
                                                       "tag",    "score",      "exempt"};

struct Rule {
  std::string id;
  Condition when;  // with the exemptions that name this rule
  Condition own;   // without them
  Then then = Then::score;
  bool trial = false;
  bool off = false;           // names a fact of a filter that is switched off
  std::optional<Time> until;  // the rule does not hold from then on
  double score = 0;
  Tag tag;
  ReplyTemplate reply;               // reject, defer
  bool earliest = false;             // refuse = "earliest"
  std::string override_reason;       // accept, exempt: why a DMARC failure is passed over
  std::string where;                 // "policy.toml:24"
  std::string written;               // the condition as the file has it
  std::vector<std::string> exempts;  // of an exempt rule: the rules it names

  bool decides() const { return then <= Then::reject; }
  Disposition action() const { return static_cast<Disposition>(then); }
};

// What the total means when no rule has decided; nothing for what should not happen.
struct Thresholds {
  std::optional<double> tag;
  std::optional<double> quarantine;
  std::optional<double> defer;
  std::optional<double> reject;
};

struct RuleBook {
  std::vector<Rule> rules;
  Thresholds thresholds;
  Disposition by_default = Disposition::accept;
  Time loaded{};  // stands for `now` where it is not known
};

}  // namespace policy
