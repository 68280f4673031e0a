#pragma once
// What the DNS says today of the client, its HELO name and the envelope sender of a recorded transaction:
// rdns, helo, sender, spf and the lists are asked again.  DKIM, ARC, and DMARC, which stands on DKIM, need
// the message, which no record holds: they stay as recorded, as does what was remembered.

#include <memory>

#include "gateway/dns/resolver.h"
#include "gateway/journal/recorded.h"
#include "gateway/pipeline/in_force.h"

namespace gateway::replay {

class TodaysDns {
 public:
  // The resolver must outlive it.
  TodaysDns(std::shared_ptr<const pipeline::InForce> in_force, dns::Resolver& resolver)
      : in_force_(std::move(in_force)), resolver_(resolver) {}

  enum class Found { not_asked, as_recorded, otherwise };
  // Puts today's facts in the place of the recorded ones.  Waits for the DNS.  Safe to call from any thread.
  Found refresh(journal::Recorded& recorded) const;

 private:
  const std::shared_ptr<const pipeline::InForce> in_force_;
  dns::Resolver& resolver_;
};

}  // namespace gateway::replay
