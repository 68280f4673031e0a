#pragma once
// The real desk behind a dialogue: its policy and zone, all filters, delivery into memory, a journal.
//
// It serves example.com (any recipient) and list.example (user@list.example alone) for the mailstore "main",
// and other.example for another one.

#include <memory>
#include <string>
#include <string_view>

#include "gateway/dns/zone.h"
#include "gateway/pipeline/in_force.h"
#include "tests/support/dialogue_run.h"

namespace support {

// The configuration of that desk: `more` are lines of postern.toml with dotted keys.  Without text the policy
// is config/policy.toml.  Throws std::invalid_argument with what the reader complains about.
std::shared_ptr<gateway::pipeline::InForce> desk_in_force(const std::string& policy = {},
                                                          const std::string& more = {});

// Records are, for each record of the journal in turn: "verdict reject dmarc-reject", "refused by @relay",
// "recipient user@example.com delivered", "evidence dmarc fail", "held retry", in as far as they apply.
std::unique_ptr<DialogueWorld> make_real_world(const Dialogue& dialogue);

// The real one for dialogues that want it, the double for the others.
std::unique_ptr<DialogueWorld> make_dialogue_world(const Dialogue& dialogue);

}  // namespace support
