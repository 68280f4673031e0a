// A line of the journal, taken apart into terms, and what somebody looks for: whatever they are, a term is
// one word of harmless characters, a record is found by each of its own, and nothing in a query ends its
// quotation.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/journal/index/query.h"
#include "gateway/journal/index/row_reader.h"

namespace {

namespace index = gateway::journal::index;

void must(bool holds) {
  if (!holds) std::abort();
}

bool harmless(std::string_view term) {
  for (const char c : term)
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\x7f') return false;
  return term.size() > 2 && term.size() <= 250 && term[1] == ':';
}

void look_at(const index::Row& row) {
  const std::string terms = index::terms_of(row);
  index::Query query{.sessions = row.session, .since = row.time, .until = row.time};
  std::size_t looked_for = 0;
  for (std::string_view rest = terms; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    must(harmless(one));
    if (++looked_for > 20) continue;
    query.all_of = {{.any_of = {std::string(one)}}};
    must(matches(query, row));
  }
}

template <class Wanted>
void look_for(const Wanted& wanted) {
  if (!wanted) return;
  index::Query query;
  if constexpr (requires { wanted->any_of; })
    query.all_of = {*wanted};
  else
    query.all_of = *wanted;
  std::size_t quotes = 0;
  for (const char c : match_expression(query)) {
    must(static_cast<unsigned char>(c) >= ' ');
    quotes += c == '"' ? 1 : 0;
  }
  std::size_t terms = 1;  // that of the kind of record
  for (const auto& criterion : query.all_of) terms += criterion.any_of.size();
  must(quotes == 2 * terms);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static index::RowReader reader;
  if (const index::Row* const row = reader.read(text)) look_at(*row);
  if (size > 2000) return 0;
  for (const auto by :
       {index::by_sender, index::by_recipient, index::by_address, index::by_domain, index::by_client,
        index::by_verdict, index::by_rule, index::by_trial, index::by_reply, index::by_message_id})
    look_for(by(text));
  look_for(index::by_subject(text));
  look_for(index::by_text(text));
  return 0;
}
