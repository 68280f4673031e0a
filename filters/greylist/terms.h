#pragma once
// On what terms strangers are let in: [filter.greylist].

#include <chrono>

namespace filters::greylist {

struct Terms {
  std::chrono::seconds delay{5 * 60};       // a stranger's mail waits as long as that
  std::chrono::seconds window{2 * 86'400};  // and must come again within that
  std::chrono::seconds keep{35 * 86'400};   // who has passed is remembered that long after his last mail
  unsigned known_after = 3;                 // messages that passed make a sender known: he waits no more
  friend bool operator==(const Terms&, const Terms&) = default;
};

}  // namespace filters::greylist
