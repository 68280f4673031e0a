#include "tests/support/naive_data.h"

namespace support {
namespace {

using gateway::smtp::DataReader;
using Fault = DataReader::Fault;

bool crlf_at(std::string_view text, std::size_t at) { return text.substr(at, 2) == "\r\n"; }

bool behind_crlf(std::string_view text, std::size_t at) {
  return at == 0 || (at >= 2 && crlf_at(text, at - 2));
}

std::string without_stuffing(std::string_view octets) {
  std::string text;
  for (std::size_t at = 0; at < octets.size(); ++at)
    if (octets[at] != '.' || !behind_crlf(octets, at)) text += octets[at];
  return text;
}

// Whether the octet there is a CR without LF or an LF without CR.
bool bare_at(std::string_view text, std::size_t at) {
  if (text[at] == '\r') return !crlf_at(text, at);
  return text[at] == '\n' && (at == 0 || !crlf_at(text, at - 1));
}

// A message begins with its header section: fields, and lines that continue them, up to an empty line.
void look_at_lines(NaiveMessage& message, const gateway::settings::Limits& limits) {
  bool in_header = true;
  unsigned fields = 0;
  std::size_t at = 0;
  while (at < message.text.size()) {
    const std::size_t end = std::min(message.text.find("\r\n", at), message.text.size());
    const std::string_view line(message.text.data() + at, end - at);
    if (line.size() > limits.text_line) message.faults.insert(Fault::text_line);
    if (in_header && line.empty()) {
      in_header = false;
      message.header_octets = at;
      message.body_offset = at + 2;
    }
    if (in_header) {
      if (line.front() != ' ' && line.front() != '\t') ++fields;
      if (end > limits.header_size) message.faults.insert(Fault::header_size);
    }
    at = end + 2;
  }
  if (in_header) message.header_octets = message.body_offset = message.text.size();
  if (fields > limits.header_fields) message.faults.insert(Fault::header_fields);
}

// Where the body begins, if there is an empty line before it; lines as they came.
std::optional<std::size_t> body_of(std::string_view octets) {
  for (std::size_t at = 0; at < octets.size(); at = octets.find('\n', at) + 1) {
    if (crlf_at(octets, at)) return at + 2;
    if (octets[at] == '\n') return at + 1;
    if (octets.find('\n', at) == octets.npos) break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> naive_end_of_data(std::string_view octets) {
  constexpr std::string_view kEnd = ".\r\n";
  for (std::size_t at = octets.find(kEnd); at != octets.npos; at = octets.find(kEnd, at + 1))
    if (behind_crlf(octets, at)) return at + kEnd.size();
  return std::nullopt;
}

NaiveMessage naive_message(std::string_view octets, DataReader::Framing framing,
                           gateway::settings::BareNewline bare_newline,
                           const gateway::settings::Limits& limits) {
  if (const auto body = body_of(octets); framing == DataReader::Framing::binary && body) {
    NaiveMessage message =
        naive_message(octets.substr(0, *body), DataReader::Framing::chunks, bare_newline, limits);
    message.text += octets.substr(*body);
    if (message.text.size() > limits.message_size) message.faults.insert(Fault::message_size);
    return message;
  }
  NaiveMessage message;
  const bool dots = framing == DataReader::Framing::dots;
  const std::string raw = dots ? without_stuffing(octets) : std::string(octets);
  for (std::size_t at = 0; at < raw.size(); ++at) {
    const bool bare = bare_at(raw, at);
    if (bare && bare_newline == gateway::settings::BareNewline::refuse)
      message.faults.insert(Fault::bare_newline);
    if (!bare)
      message.text += raw[at];
    else
      message.text += raw[at] == '\r' ? " " : "\r\n";
  }
  if (!message.text.empty() && !message.text.ends_with("\r\n")) message.text += "\r\n";
  if (message.text.size() > limits.message_size) message.faults.insert(Fault::message_size);
  look_at_lines(message, limits);
  return message;
}

}  // namespace support
