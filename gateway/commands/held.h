#pragma once
// postern quarantine and postern queue: what we hold, and what is to become of it.  Lists are read from the
// disk; all else goes through the running gateway, which delivers and records it.

#include <string>
#include <vector>

#include "gateway/commands/log.h"
#include "gateway/delivery/held_store.h"

namespace gateway::commands {

struct HeldOptions {
  delivery::Keep keep = delivery::Keep::quarantine;
  LogOptions filter;               // with config, colour, json, limit
  std::vector<std::string> words;  // ids, as somebody quotes them
  std::vector<std::string> to;     // recipients of a release; none: all
  bool again = false;              // a release also to whom an earlier one may have reached
  bool raw = false;                // of show: the octets
};

int list_held(const HeldOptions& options);
int show_held(const HeldOptions& options);
// "release", "delete", "retry", "fail".
int act_on_held(const HeldOptions& options, const std::string& what);

// What the two of them have in common.
std::string_view held_command(const HeldOptions& options);                    // "postern quarantine"
int complain(const HeldOptions& options, int status, std::string_view what);  // returns the status
// Of all words, none twice; empty: it was complained.
std::vector<std::string> held_ids(const HeldOptions& options);

}  // namespace gateway::commands
