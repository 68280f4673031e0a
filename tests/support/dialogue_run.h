#pragma once
// Runs a dialogue against a session: as it is written, with the client's octets cut in two, and with the
// connection failing at a chosen read or write.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/desk_double.h"
#include "tests/support/dialogue.h"
#include "tests/support/session_bench.h"

namespace support {

// What is behind the session: a double of the reception, or the real one with its filters and policy.
class DialogueWorld {
 public:
  virtual ~DialogueWorld() = default;

  virtual gateway::smtp::ReceptionDesk& desk() = 0;
  // The settings the dialogue's own `config` lines change.
  virtual gateway::smtp::SessionSettings settings() = 0;
  // The messages in the mailstore, in order, as they came in: without the trace fields put on top.
  virtual std::vector<std::string> messages() const = 0;
  // Held for an unreachable mailstore, and in quarantine.
  virtual std::vector<std::string> held() const { return {}; }
  virtual std::vector<std::string> quarantined() const { return {}; }
  // What `recorded` looks for.
  virtual std::vector<std::string> records() const = 0;
  // Lets the session work until it waits for the client.
  virtual void settle(SessionBench& bench) { bench.settle(); }
};

// A world for one run.
using MakeDialogueWorld = std::function<std::unique_ptr<DialogueWorld>(const Dialogue& dialogue)>;

// The double: mail for example.com is taken, but for nobody@example.com.  Records are the calls of the
// session, and "early talker".
std::unique_ptr<DialogueWorld> make_double_world(const Dialogue& dialogue);

struct DialogueRun {
  std::optional<std::size_t> cut;   // all the client says has a border here, and the session works before it
  bool one_by_one = false;          // each octet comes alone, and so do ours
  std::optional<unsigned> fail_at;  // this read or write and all later ones fail; nothing is compared
};

struct DialogueEnd {
  std::string failure;                // "file:line: …", empty when all was as written
  std::string spoken;                 // both sides, for whoever has to find out why
  std::vector<std::string> messages;  // in the mailstore, held, in quarantine
  std::size_t promised = 0;           // positive replies to the end of data
  unsigned operations = 0;            // reads and writes
  std::string client_octets;          // all that the client says
  std::vector<std::size_t> unfit;     // cuts behind STARTTLS: the octets behind it would come under TLS
};

DialogueEnd run_dialogue(const Dialogue& dialogue, const MakeDialogueWorld& make_world,
                         const DialogueRun& how = {});

// All ways to run it; returns the first failure, or "".
std::string run_whole(const Dialogue& dialogue, const MakeDialogueWorld& make_world);
std::string run_cut_everywhere(const Dialogue& dialogue, const MakeDialogueWorld& make_world);
std::string run_failing_everywhere(const Dialogue& dialogue, const MakeDialogueWorld& make_world);

}  // namespace support
