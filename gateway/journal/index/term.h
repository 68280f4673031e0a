#pragma once
// Terms: what a record can be found by.  A term is one word without blanks, its kind in front:
// "s:joe@a.example". The index holds for each term the records that have it; looking through lines without an
// index compares the same terms, so that both find the same.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/journal/index/row.h"

namespace gateway::journal::index {

enum class Kind : char {
  record = 'k',  // "m": a transaction, "s": a session, "n": a note
  id = 'i',
  sender = 's',     // address, "<>", "@domain"
  recipient = 'r',  // address, "@domain"
  author = 'f',     // address, "@domain"
  domain = 'd',     // of any of them, and each name above it
  client = 'a',     // as client_terms() has it
  verdict = 'v',    // of the whole and of each recipient; "tag" besides where one is accepted with a tag
  outcome = 'o',    // of the whole, one: as it is counted
  rule = 'u',       // that decided, or held above it
  decided = 'b',    // that decided about the whole
  list = 'l',       // in the DNS, that lists the client
  trial = 't',
  reply = 'c',       // of the whole and of recipients refused by themselves: "550", "5", "5.7.26"
  message_id = 'm',  // without angle brackets
  ended = 'e',       // of a session
  note = 'n',        // "audit", "gap"
  subject = 'j',     // a word of the subject
  word = 'w',        // of any text
};

// Printable ASCII and octets above it, no blank, no quotation mark, at most 250 octets: others stand as %xx,
// and what is longer is cut and ends in a hash.  Without ASCII case.
std::string term(Kind kind, std::string_view text);

// Addresses and domains as they compare: without case, domains as A-labels.
std::string comparable_address(std::string_view address);
std::string_view domain_part(std::string_view comparable_address);  // what follows the last "@"; empty: none

// Words: letters and digits, without case and accents; ideographs one by one.  At most `most`.
void for_each_word(std::string_view text, std::size_t most,
                   const std::function<void(std::string_view)>& hear);

// All terms of a row, some of them several times, separated by blanks.
std::string terms_of(const Row& row);

}  // namespace gateway::journal::index
