#pragma once
// What an evaluation has come across: the records read, their terms, and each look-up.  It knows which terms
// matched and tells the way as steps; it decides nothing.

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "filters/spf/rewrite.h"
#include "policy/facts/evidence.h"

namespace filters::spf {

class Trail {
 public:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  struct Record {
    std::string domain;
    unsigned depth = 0;                // an include stands one deeper than the record that names it
    std::size_t last = kNone;          // its term that was reached last
    std::optional<std::string> exp{};  // of the record, unexpanded
  };
  // What libspf2 has a handle for.
  struct Entry {
    Handle handle;
    std::size_t record = 0;   // whose term it is
    bool deciding = false;    // what matches there is the result, not that of an include
    bool reached = false;     // looked up for the first time
    bool is_term = true;      // false for the start and for MX hosts
    std::size_t reads = 0;    // include, redirect: the record that it led to; 0: none yet
    std::size_t mx = kNone;   // of an MX host: the term that named it
    std::string target = {};  // of an MX host: its name
  };
  enum class Kind { record, term, host, name, stopped, match, end };
  struct Visit {
    Kind kind;
    std::size_t entry = 0;
    std::optional<DnsQuestion> asked = {};
    std::string found = {};  // for people: "SPF record found"
  };

  // Records count from 1: 0 stands for what named the first one.
  std::vector<Record> records;
  std::vector<Entry> entries;
  std::vector<Visit> visits;

  const Record& record_of(const Entry& entry) const { return records[entry.record]; }

  // Whether a term that was reached matched, once the evaluation has come to its end: no later term of its
  // record was reached.
  bool matched(std::size_t entry) const;

  // Where the match of an include or a redirect really stands.
  const Entry& innermost(std::size_t entry) const;

  // In order.  Of more than 40 the first 30 and the last 10, with a step that says how many were left out;
  // each meaning has at most 300 octets.  `complete`: the evaluation came to its end, so that every term
  // reached is known to match or not.
  std::vector<Step> steps(const IpAddress& client, bool complete) const;

 private:
  bool host_matched(std::size_t host) const;
  std::string meaning(const Visit& visit, const std::string& client, bool complete) const;
};

// A term with its record, for people: "include:b.example of a.example".
std::string term_of(const Trail& trail, const Trail::Entry& entry);

}  // namespace filters::spf
