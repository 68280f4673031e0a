#pragma once
// What records are looked for.  An index answers it, and so does reading lines: both compare terms.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/index/row.h"
#include "gateway/journal/index/term.h"

namespace gateway::journal::index {

// Holds for a record that has one of these terms.
struct Criterion {
  std::vector<std::string> any_of;  // as term() makes them
  bool prefix = false;              // a term that begins with one of them is enough
};

struct Query {
  bool sessions = false;  // connections without a transaction, in the place of transactions
  bool notes = false;     // records that tell of no mail, in the place of both
  std::optional<Time> since;
  std::optional<Time> until;  // this second is still in it
  std::vector<Criterion> all_of;
};

// What people write.  The error says what was expected.
Result<Criterion> by_sender(std::string_view text);     // address, "<>", domain, "@domain"
Result<Criterion> by_recipient(std::string_view text);  // address, domain, "@domain"
Result<Criterion> by_address(std::string_view text);    // of sender, author or recipient; domains too
Result<Criterion> by_domain(std::string_view text);     // of any of them, and what is below it
Result<Criterion> by_client(std::string_view text);     // IP address or CIDR
Result<Criterion> by_verdict(std::string_view text);
Result<Criterion> by_outcome(
    std::string_view text);  // what a message counts as in statistics: one of the verdicts
Result<Criterion> by_rule(std::string_view text);
Result<Criterion> by_decided(std::string_view text);  // the rule that decided about the whole
Result<Criterion> by_list(std::string_view text);     // a list in the DNS that lists the client
Result<Criterion> by_ended(std::string_view text);    // how a session ended
Result<Criterion> by_trial(std::string_view text);
Result<Criterion> by_reply(std::string_view text);       // "550", "5xx", "5.7.26"
Result<Criterion> by_message_id(std::string_view text);  // with or without <>
// All words, in any order, at any place; "invo*" is the beginning of one.
Result<std::vector<Criterion>> by_subject(std::string_view text);
Result<std::vector<Criterion>> by_text(std::string_view text);
Criterion by_id(std::string_view canonical_id);
Result<Criterion> by_quoted_id(std::string_view text);  // in any case, or the reply it stands in
Criterion by_note(std::string_view kind);               // "audit", "gap"; of a query for notes
Criterion by_network(const Network& network);

// All that by_verdict() takes.
std::span<const std::string_view> verdict_words();

bool matches(const Query& query, const Row& row);

// For FTS5: never empty.
std::string match_expression(const Query& query);

}  // namespace gateway::journal::index
