#pragma once
// What the rules may come to where some of what they ask was never told: a record of a former version knows
// less, and a message that was refused early never came.

#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/facts.h"
#include "policy/verdict.h"

namespace policy {

// What is not there to be asked, and may have been anything.
struct Missing {
  std::vector<bool> facts;                // by FactId; empty: none
  std::vector<std::string_view> headers;  // names of fields

  bool has(FactId id) const { return index(id) < facts.size() && facts[index(id)]; }
  bool has_header(std::string_view name) const;
};

// A test of something that is missing may have held or not; everything else is as it is at the end of a
// message.  Where all ways lead to the same action, the verdict does not hang on what is missing.
struct Prospect {
  std::vector<Disposition> possible;  // from mild to strict; never empty
  // When only one is: the first rule that surely decides, as Verdict::rule.  When more are: the first on
  // which it hangs; "@score" for the total.
  std::string rule;
  std::vector<std::string> hangs_on;  // then: what is missing, "dkim.result", "header(\"List-Id\")"

  // When only acceptance is: what comes with it, and, where that is not sure, the first rule or "@score"
  // whose part in it hangs on what is missing.
  std::vector<Tag> tags;
  double score = 0;
  bool score_tag = false;
  std::string tags_rule;  // empty: it is sure
  std::vector<std::string> tags_hang_on;
};

}  // namespace policy
