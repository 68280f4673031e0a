#pragma once
// What is to be said of a chain, given the answers about its keys.  RFC 8617 §5.2 steps 4 to 7, RFC 8301
//
// Bounded, whatever the message: 64 names of keys, of each 4 records, read once for a kind of key, and keys
// of at most 4096 bits; two signatures checked per set; the header section hashed once for all seals, once
// for the newest message signature and 1 MiB of it for the older ones; the body read once, for at most 4
// hashes.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "filters/arc/chain.h"
#include "policy/facts/outcome.h"
#include "policy/facts/question.h"
#include "policy/facts/value.h"

namespace filters::arc {

inline constexpr std::size_t kMostBodyHashes = 4;  // distinct ones of a message that are looked at

// The keys of the seals, of the newest message signature, and of the older ones while there is room.
std::vector<DnsQuestion> key_questions(const Chain& chain);

// One signature of a set.
struct Check {
  enum class Found { not_looked_at, pass, fail, trouble };  // trouble: the look-up of its key failed
  Found found = Found::not_looked_at;
  std::string reason;              // of a fail, for people; of trouble it names the question
  std::optional<DnsQuestion> key;  // asked for it

  bool passes() const { return found == Found::pass; }
  bool failed() const { return found == Found::fail; }
  bool troubled() const { return found == Found::trouble; }
};

struct JudgedSet {
  Check seal;
  Check message_signature;
};

enum class Trust { no, yes, troubled };

struct Judged {
  Outcome outcome = Outcome::none;  // none, pass, fail, temperror
  std::string reason;
  std::vector<JudgedSet> sets;  // by instance, from 1; of a whole chain only
  unsigned oldest_pass = 0;     // of a pass: header.oldest-pass, 0 when all message signatures verify
  unsigned trusted_set = 0;     // the newest set whose sealer vouches for the message; 0 when none does
  Trust trust = Trust::no;
};

// All key questions are answered; the message is complete.  Without `now` nothing is expired.
//
// A pass is trusted when a sealer in `trusted` vouches for the message as it is: from the newest set down,
// the first whose seal is by one of them while every message signature down to its own verifies.  So a
// trusted sealer below others counts if, and only if, they have left alone what it has signed; if they have
// not, only they know what the message was.  That signature must cover From, and none of the fields that
// people are shown may have been added to those it covers.
Judged judge(const Message& message, const Chain& chain, const Answers& answers, std::optional<Time> now,
             std::span<const Domain> trusted);

}  // namespace filters::arc
