#pragma once
// Reads a whole session afterwards, both sides of it, and says what cannot be right.  The client's octets are
// cut into commands, messages and chunks in the plainest way, each reply is laid beside what it answers, and
// each promise beside what the desk did.  It knows nothing of the session's states: the desk watches those.

#include <set>
#include <string>
#include <vector>

#include "gateway/settings/settings.h"
#include "tests/support/strict_desk.h"

namespace support {

struct SessionStory {
  std::string client;             // all that came from it, in order
  std::set<std::size_t> borders;  // where pieces of it ended
  std::string server;             // all that was said to it
  std::vector<DeskAnswer> answers;
  gateway::settings::Limits limits;
  gateway::settings::BareNewline bare_newline = gateway::settings::BareNewline::normalize;
  bool lenient = false;   // white space before a command, and tabs in it, are read as sloppy clients mean it
  bool proxied = false;   // a PROXY header comes first
  bool over = false;      // the session has ended
  bool gone = false;      // because the client hung up, perhaps
  bool finished = false;  // because it was told to, perhaps
  bool broken = false;    // reads or writes failed, or the client let them wait too long
};

// "" when all is well.
std::string judge(const SessionStory& story);

}  // namespace support
