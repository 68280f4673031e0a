#pragma once
// A reception that takes mail for example.com and keeps it, and records what it was asked.  It can be told to
// refuse, to throw and to take its time.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/smtp/reception.h"

namespace support {

struct KeptMessage {
  gateway::Envelope envelope;
  std::string header;
  std::string text;
};

// How a connection ended, in own text.
struct EndRecord {
  std::string how;
  std::string client;
  unsigned commands = 0;
  unsigned errors = 0;
  std::string last_command;
  std::string last_reply;
  std::string detail;
};
EndRecord end_of(const gateway::smtp::SessionEnd& end);

// Everything a session asked, in order, in words: "connected 192.0.2.1", "sender a@b", "refused @size 552", …
struct DeskRecord {
  std::vector<std::string> calls;
  std::vector<KeptMessage> messages;
  std::vector<EndRecord> ends;
  gateway::smtp::Client client;  // as of the last call that named it
};

struct DeskBehaviour {
  std::optional<gateway::smtp::Reply> connected;
  std::optional<gateway::smtp::Reply> data;
  std::string throw_at;   // name of the call
  bool verdicts = false;  // refused recipients are refused by a rule
  gateway::smtp::Offers offers;
};

class DeskDouble final : public gateway::smtp::ReceptionDesk {
 public:
  std::unique_ptr<gateway::smtp::Reception> open(gateway::asio::any_io_executor executor) override;
  void turned_away(gateway::asio::any_io_executor executor, const gateway::smtp::SessionEnd& end) override;
  gateway::smtp::Offers offers() const override { return behaviour.offers; }

  DeskBehaviour behaviour;
  DeskRecord record;
};

}  // namespace support
