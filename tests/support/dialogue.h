#pragma once
// A *.smtp file of tests/dialogues, read: what the client says, what it must hear, and what comes of it.
// Running one is dialogue_run.h's business.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/smtp/offers.h"
#include "gateway/vocabulary.h"

namespace support {

struct DialogueStep {
  enum class Kind : std::uint8_t {
    say,          // C: line (CRLF added), raw: "octets"
    hear,         // S: pattern         the next reply has a line like this
    hear_also,    // also: pattern      the last reply has, too
    hear_no,      // not: pattern       the last reply has not
    tls,          // tls                a handshake was made
    hang_up,      // hangup
    time,         // time 301s
    stop,         // stop               the gateway is to end
    closed,       // closed             by the server, with nothing more said
    empty,        // mailstore empty
    count,        // mailstore count 2
    contains,     // mailstore message contains "text"
    octets,       // mailstore message octets "the whole message"
    held,         // held count 1              for an unreachable mailstore
    quarantined,  // quarantined count 1
    recorded,     // recorded "refused @size 552"
    not_recorded  // not recorded "message"
  };
  Kind kind = Kind::say;
  std::string text;     // octets to say, pattern, or what to look for
  unsigned number = 0;  // seconds, count
  unsigned line = 0;
};

struct DialogueSetting {  // config key = value
  std::string key;
  std::string value;  // unquoted
  unsigned line = 0;
};

struct DialogueRecord {  // zone NAME TYPE "value"
  std::string name;
  std::string type;
  std::string value;
};

struct DialogueMailstore {  // mailstore refuses ADDRESS 550 5.1.1, mailstore refuses us, mailstore
                            // unreachable
  std::string recipient;    // "us"; empty: it is unreachable
  unsigned code = 0;
  std::string enhanced;
};

struct Dialogue {
  std::filesystem::path file;
  std::vector<DialogueSetting> config;
  gateway::IpAddress client = *gateway::IpAddress::parse("192.0.2.7");
  std::vector<DialogueRecord> zone;
  std::string policy;
  std::vector<DialogueMailstore> mailstore;
  gateway::smtp::Offers offers;  // mailstore offers SIZE 50000
  bool world_real = false;       // "world real": as if there was a policy, a zone or a mailstore
  std::vector<DialogueStep> steps;

  std::string at(unsigned line) const;  // "bare-lf.smtp:12"
  // Filters, rules and delivery are wanted behind the session, not a double.
  bool wants_real_world() const {
    return world_real || !policy.empty() || !zone.empty() || !mailstore.empty();
  }
};

// Both throw std::invalid_argument, "file:line: what is wrong".
Dialogue parse_dialogue(const std::filesystem::path& file, std::string_view text);
Dialogue load_dialogue(const std::filesystem::path& file);

// "*" at the end of the pattern matches the rest; "-" behind a reply's code is as good as " ".
bool hears(std::string_view pattern, std::string_view reply_line);

// Octets as a dialogue writes them: \r \n \t \xHH \\ \".
std::string escaped(std::string_view octets);

}  // namespace support
