#pragma once
// What statistics count, by the hour.

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "gateway/journal/index/row.h"

namespace gateway::journal::index {

enum class Counted : char {
  verdict = 'v',        // action of the whole; "tag" for what was accepted with a tag
  rule = 'u',           // that decided about a message
  effect = 'h',         // a rule that held above it: a tag, a score, an exemption
  trial = 't',          // a rule on trial that would have counted for one
  list = 'l',           // that lists the client
  domain = 'd',         // of the sender; "" for <>
  refused = 'r',        // likewise, where the action was reject or defer
  ended = 'e',          // how sessions without a transaction ended
  session_rule = 's',   // that refused a connection
  session_trial = 'x',  // a rule on trial that would have
  unrecorded = 'n',     // such sessions that got no record; the text is empty
  lost = 'g',           // records that the journal lacks; the text is empty
};

// In the order of their letters, which is that of a tally.
inline constexpr std::array kAllCounted{Counted::domain,  Counted::ended,        Counted::lost,
                                        Counted::effect,  Counted::list,         Counted::unrecorded,
                                        Counted::refused, Counted::session_rule, Counted::trial,
                                        Counted::rule,    Counted::verdict,      Counted::session_trial};

std::int64_t hour_of(Time time);  // since 1970

class Tally {
 public:
  struct Key {
    Counted what;
    std::string text;
    std::int64_t hour;
    auto operator<=>(const Key&) const = default;
  };

  void add(const Row& row);
  void add(std::int64_t hour, Counted what, std::string_view text, std::uint64_t count);
  void add(Tally&& other);
  const std::map<Key, std::uint64_t>& counts() const { return counts_; }

 private:
  std::map<Key, std::uint64_t> counts_;
};

}  // namespace gateway::journal::index
