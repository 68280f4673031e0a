#pragma once
// What the rules came to for one recipient.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace policy {

enum class Disposition {
  accept,
  quarantine,
  defer,
  reject
};  // from mild to strict, as verdicts are compared

std::string_view name(Disposition disposition);  // "accept", …
std::optional<Disposition> parse_disposition(std::string_view word);

// No: does not hold.  Yes: holds.  Open: hangs on a fact not known yet.  Stuck: hangs on a troubled fact, for
// good.
enum class Truth { no, yes, open, stuck };

std::string_view name(Truth truth);  // as in explain --json: "no", "yes", "unknown" (open and stuck alike)

// How one rule came out, for explain and the journal.
struct RuleOutcome {
  std::string id;
  Truth held = Truth::no;
  std::vector<std::string> because;  // names of the facts an unknown hangs on
  bool trial = false;
};

// What rules with then = "tag" add to an accepted message.
struct Tag {
  std::string rule;
  std::string subject;  // prefix of the subject; empty: none
  std::string header;   // "Name: value" without CRLF; empty: none
};

struct ReplyText {  // chosen by a rule, or by default from the facts it names; see DESIGN §5
  int code = 550;
  std::string detail =
      "7.1";         // subject and detail of the enhanced code; its class follows the code.  RFC 3463 §2
  std::string text;  // safe for a reply line: printable ASCII, bounded
  // Where the subject of the message stands in it: not everybody records that.
  struct Piece {
    std::size_t offset = 0;
    std::size_t length = 0;
  };
  std::vector<Piece> subject = {};
};

struct Verdict {
  bool settled = false;  // false: hangs on facts not known yet; nothing below but `rules` counts
  Disposition action = Disposition::accept;
  std::string rule;             // id, or @default, @score, @trouble
  double score = 0;             // total of the scores that held
  ReplyText reply;              // what to say when action is reject or defer
  bool earliest = false;        // the rule asks to refuse at the earliest moment (refuse = "earliest")
  bool score_tag = false;       // total above [score] tag: X-Postern-Score is added
  bool trouble_passed = false;  // trouble had lasted so long that rules in doubt counted as not held
  std::string override_reason;  // why a DMARC failure was passed over
  std::vector<Tag> tags;
  std::vector<std::string>
      trial;  // rules on trial that would have decided, or whose tag or score would count
  std::vector<std::string> trouble;  // with @trouble: the rule and the facts that stopped it; for people
  std::vector<RuleOutcome> rules;    // every rule, in order; filled when asked for
};

}  // namespace policy
