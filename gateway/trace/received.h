#pragma once
// The Received field that says how a message came in.  RFC 5321 §4.4

#include <string>
#include <string_view>

#include "gateway/smtp/client.h"
#include "gateway/vocabulary.h"

namespace gateway::trace {

struct ReceivedInfo {
  const smtp::Client& client;
  std::string_view client_name;  // forward-confirmed name of the client; empty when it has none
  std::string_view hostname;     // ours
  std::string_view id;           // of the transaction
  bool smtputf8 = false;
  const Address* recipient = nullptr;  // the only one; null where there are several: nobody's business
  Time when{};
};

// The whole field with its folds and final CRLF.
std::string received_field(const ReceivedInfo& info);

// "Wed, 25 Nov 2026 02:30:00 +0000".  RFC 5322 §3.3
void append_date_time(std::string& text, Time when);

}  // namespace gateway::trace
