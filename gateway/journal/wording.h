#pragma once
// What is said of the parts of a record, the same on the terminal and in the pages.  Texts from outside are
// in it as they came: whoever shows it makes it printable.

#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/entry.h"
#include "gateway/journal/session_entry.h"

namespace gateway::journal {

struct Said {
  std::string_view about;  // "client", at most 8 letters
  std::string text;
};

// Who somebody says he is, and what he says he brings.
std::vector<Said> claims(const Entry& entry);
// Where and how a record came to be: the client's end, TLS, the gateway, its mode and policy.
std::vector<Said> origin(const Preamble& preamble);
// Of a connection that came to no message.
std::vector<Said> happened(const SessionEntry& entry);

// "hello 2 ms, data 0.3 s, …; 95 ms of it for answers of the DNS"; empty: nothing is told.
std::string said(const Stages& stages);
std::string said(const FactEntry& fact);    // its value, or why there is none
std::string said(const StateEntry& state);  // what was remembered
std::string said(const DnsEntry& answer);   // on one line: "timeout", or the records
// The records alone; a text of them is cut at so many octets.
std::string records_of(const DnsEntry& answer, std::size_t longest);

// The answer to that question; null: it has none.
const DnsEntry* answer_to(const Entry& entry, const DnsQuestion& question);

}  // namespace gateway::journal
