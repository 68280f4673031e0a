#pragma once
// postern facts: everything a condition can ask.

namespace gateway::commands {

int list_facts(bool json);

}  // namespace gateway::commands
