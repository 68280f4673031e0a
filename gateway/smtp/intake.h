#pragma once
// A message on its way in: what has come of it so far, and whether it can still be taken.

#include "gateway/smtp/data_reader.h"
#include "gateway/smtp/received_message.h"

namespace gateway::smtp {

struct Intake {
  Intake(settings::BareNewline bare_newline, const settings::Limits& limits, DataReader::Framing framing,
         std::shared_ptr<const Spool> spool)
      : data(bare_newline, limits, framing), message(std::move(spool), limits.message_in_memory) {}

  bool sound() const {
    return data.fault() == DataReader::Fault::none && message.trouble() == ReceivedMessage::Trouble::none;
  }

  DataReader data;
  ReceivedMessage message;
  bool header_known = false;
};

}  // namespace gateway::smtp
