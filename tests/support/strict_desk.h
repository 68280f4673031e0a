#pragma once
// A reception that answers as it is told, numbers its answers and holds the session to what reception.h says:
// for runs of which nobody knows beforehand what the client will say.

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gateway/smtp/reception.h"

namespace support {

enum class DeskCall : std::uint8_t { connected, sender, recipient, data, message };

struct DeskManner {
  std::set<DeskCall> refuses;
  bool for_now = false;       // 4xx, not 5xx; a connection is refused with 421, not 554
  bool every_other = false;   // only every second call of those is refused
  bool slow = false;          // each call waits for StrictDesk::go_on()
  std::set<DeskCall> throws;  // from such a call comes an exception,
  unsigned spared = 0;        // unless it is one of the first so many calls
};

// One answer.  Its number is in its words, as "#17", unless it was permission to go on, which says nothing.
struct DeskAnswer {
  DeskCall call = DeskCall::connected;
  unsigned number = 0;
  int code = 0;  // 0: permission, or an exception
  bool threw = false;
  std::string text;  // of the message
};

class StrictDesk final : public gateway::smtp::ReceptionDesk {
 public:
  std::unique_ptr<gateway::smtp::Reception> open(gateway::asio::any_io_executor executor) override;
  void turned_away(gateway::asio::any_io_executor executor, const gateway::smtp::SessionEnd& end) override;
  gateway::smtp::Offers offers() const override { return promises; }

  // Wakes the call that waits.
  void go_on();

  DeskManner manner;
  gateway::smtp::Offers promises;
  std::vector<DeskAnswer> answers;  // in order
  unsigned endings = 0;             // of the connection, as told
  std::string complaint;            // the first thing the session did wrong

 private:
  class OneReception;

  DeskAnswer& answer(DeskCall call);
  void complain(std::string_view what);

  gateway::asio::steady_timer* gate_ = nullptr;  // of the reception opened last
};

}  // namespace support
