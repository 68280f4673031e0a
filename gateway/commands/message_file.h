#pragma once
// A message from a file or standard input, brought into the shape in which SMTP would have brought it: the
// same line ends, the same limits.

#include <optional>
#include <string>

#include "gateway/settings/settings.h"
#include "gateway/smtp/reception.h"
#include "gateway/smtp/reply.h"

namespace gateway::commands {

struct ReadMessage {
  smtp::Received received;
  std::string refused_by;  // "@size", "@bare-newline", "@limit": the session would have refused it
  std::optional<smtp::Reply> refusal;
};

// `file` "-" is standard input.  LF line ends become CRLF.
Result<ReadMessage> read_message(const std::string& file, const settings::Settings& settings);

}  // namespace gateway::commands
