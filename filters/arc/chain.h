#pragma once
// The ARC sets of a message, and whether they are a chain: everything that can be told without a key.  RFC
// 8617 §4, §5.2 steps 1 to 3

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "filters/signing/signature.h"
#include "policy/facts/message.h"

namespace filters::arc {

using namespace policy::facts;

inline constexpr unsigned kMostSets = 50;  // RFC 8617 §4.2.1

struct Set {
  const Field* results = nullptr;            // ARC-Authentication-Results
  const Field* message_signature = nullptr;  // ARC-Message-Signature
  const Field* seal = nullptr;               // ARC-Seal
  signing::Signature sealed;                 // the tags of the seal
};

// None without any ARC field; ended when a sealer found it broken (cv=fail): nothing counts from there on.
enum class ChainState { none, whole, broken, ended };

struct Chain {
  ChainState state = ChainState::none;
  std::string reason;     // of broken and ended, for people
  std::string newest;     // d= of the seal with the highest instance, as far as it can be read
  std::vector<Set> sets;  // by instance, from 1; of a whole chain only

  unsigned instance(const Set& set) const { return static_cast<unsigned>(&set - sets.data()) + 1; }
};

// Views into the message, which must live longer.  Linear in the header section.
Chain read_chain(const Message& message);

// An error is the reason why it cannot be judged.  Read when it is needed only: that of an older set may be
// broken without harm to the chain.  RFC 8617 §5.2 step 5
Result<signing::Signature> parse_message_signature(std::string_view value);

}  // namespace filters::arc
