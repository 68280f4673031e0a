#pragma once
// A message from a file, standard input or a policy test, brought into the shape in which SMTP would have
// brought it: the same line ends, the same limits.

#include <optional>
#include <string>
#include <string_view>

#include "gateway/settings/settings.h"
#include "gateway/smtp/reception.h"
#include "gateway/smtp/reply.h"

namespace gateway::rehearsal {

struct ReadMessage {
  std::string header;  // its header section, as smtp::Reception gets it
  smtp::Received received;
  std::string refused_by;  // "@size", "@bare-newline", "@limit": the session would have refused it
  std::optional<smtp::Reply> refusal;
};

// LF line ends become CRLF.
ReadMessage message_of(std::string_view text, const settings::Settings& settings);

// `file` "-" is standard input.
Result<ReadMessage> read_message(const std::string& file, const settings::Settings& settings);

}  // namespace gateway::rehearsal
