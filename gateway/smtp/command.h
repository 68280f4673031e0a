#pragma once
// The syntax of command lines: verb and argument, paths, parameters.  Strict and total: a malformed argument
// is the reply it earns.  RFC 5321 §4.1.1, §4.1.2

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/smtp/offers.h"
#include "gateway/smtp/recipient.h"
#include "gateway/smtp/reply.h"
#include "gateway/vocabulary.h"

namespace gateway::smtp {

struct Command {
  std::string_view verb;      // letters, as said
  std::string_view argument;  // behind the space; no white space at its ends
};

// Nullopt when the line does not begin with a word, or holds control octets or malformed UTF-8.
std::optional<Command> parse_command(std::string_view line);

// One host name or address literal, as sloppy as clients are: 1 to 255 printable ASCII octets without a
// space.
bool is_hello_name(std::string_view argument);

// "FROM:<path> parameters".  SIZE, BODY and SMTPUTF8 are known, and what is offered besides; `message_size`
// is the most that SIZE may declare.
std::variant<Envelope, Reply> parse_sender(std::string_view argument, std::uint64_t message_size,
                                           const Offers& offers);

// "TO:<path> parameters".  A source route is read and ignored (RFC 5321 appendix C); bare postmaster is
// allowed.
std::variant<Recipient, Reply> parse_recipient(std::string_view argument, bool smtputf8,
                                               const Offers& offers);

// What BDAT announces.  RFC 3030 §2
struct Chunk {
  std::uint64_t octets = 0;
  bool last = false;
  bool well_formed = true;  // nothing but LAST is behind the number
};

// Nullopt when the number cannot be read, so that nobody knows where the next command is.
std::optional<Chunk> parse_chunk(std::string_view argument);

}  // namespace gateway::smtp
