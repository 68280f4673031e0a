#include "gateway/smtp/replies.h"

#include <fmt/format.h>

namespace gateway::smtp::replies {

Reply greeting(std::string_view host) { return {220, "", fmt::format("{} ESMTP Postern", host)}; }
Reply hello(std::string_view host) { return {250, "", host}; }
Reply extended_hello(std::string_view host, std::vector<std::string> keywords) {
  keywords.insert(keywords.begin(), std::string(host));
  return {250, keywords};
}
Reply help() {
  return {214, "0.0", "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP STARTTLS QUIT; see RFC 5321"};
}
Reply done() { return {250, "0.0", "OK"}; }
Reply cannot_verify() { return {252, "1.5", "Cannot verify, but will take a message and try"}; }
Reply sender_accepted() { return {250, "1.0", "Sender OK"}; }
Reply recipient_accepted() { return {250, "1.5", "Recipient OK"}; }
Reply start_data() { return {354, "", "Go ahead, end with <CR><LF>.<CR><LF>"}; }
Reply chunk_taken(std::uint64_t octets) { return {250, "0.0", fmt::format("{} octets received", octets)}; }
Reply ready_for_tls() { return {220, "0.0", "Ready to start TLS"}; }
Reply goodbye(std::string_view host) { return {221, "0.0", fmt::format("{} closing connection", host)}; }

Reply unrecognised() { return {500, "5.2", "Command not recognised"}; }
Reply not_implemented() { return {502, "5.1", "Command not implemented"}; }
Reply line_too_long() { return {500, "5.2", "Line too long"}; }
Reply bare_newline_in_command() {
  return {500, "5.2", "Lines end with CRLF; a lone CR or LF is not allowed"};
}
Reply unprintable_in_command() { return {500, "5.2", "Command holds octets that are not allowed"}; }
Reply bad_hello() { return {501, "5.2", "Syntax: EHLO or HELO and one host name or address literal"}; }
Reply bad_sender() { return {501, "1.7", "Syntax: MAIL FROM:<address> or <>, then parameters"}; }
Reply bad_recipient() { return {501, "1.3", "Syntax: RCPT TO:<address>, then parameters"}; }
Reply no_argument_allowed() { return {501, "5.4", "This command takes no argument"}; }
Reply argument_missing() { return {501, "5.4", "This command needs an argument"}; }
Reply bad_parameter() { return {501, "5.4", "Parameter is malformed or given twice"}; }
Reply unknown_parameter() { return {555, "5.4", "Parameter not recognised or not implemented"}; }
Reply needs_smtputf8() { return {553, "6.7", "Address is not ASCII and SMTPUTF8 was not asked for"}; }
Reply too_big(std::uint64_t most) {
  return {552, "3.4", fmt::format("Message is larger than the {} octets allowed", most)};
}
Reply bad_chunk() { return {501, "5.4", "Syntax: BDAT octets, then LAST with the last chunk"}; }
Reply bad_xclient() { return {501, "5.4", "Syntax: XCLIENT attribute=value..."}; }
Reply xclient_not_for_you() { return {550, "7.0", "Not authorised to use XCLIENT"}; }
Reply say_hello_first() { return {503, "5.1", "Say EHLO or HELO first"}; }
Reply mail_first() { return {503, "5.1", "MAIL first"}; }
Reply recipient_first() { return {503, "5.1", "RCPT first: no recipient was accepted"}; }
Reply no_recipient_left() { return {554, "5.1", "No valid recipients"}; }
Reply mail_already_given() { return {503, "5.1", "A transaction is open already"}; }
Reply not_now() { return {503, "5.1", "Not during a transaction"}; }
Reply not_between_chunks() { return {503, "5.1", "Between chunks BDAT or RSET is expected"}; }
Reply binary_needs_chunks() { return {503, "5.1", "A message announced as BINARYMIME comes by BDAT"}; }
Reply chunks_refused() { return {503, "5.1", "The message was refused with an earlier chunk"}; }
Reply connection_refused() { return {503, "5.1", "Connection was refused; only QUIT is taken"}; }
Reply tls_required() { return {530, "7.0", "Must issue a STARTTLS command first"}; }
Reply tls_already_on() { return {503, "5.1", "TLS is on already"}; }
Reply tls_not_available() { return {502, "5.1", "TLS is not offered here"}; }

Reply bare_newline_in_message() {
  return {550, "6.11", "Message holds a lone CR or LF; lines end with CRLF (RFC 5321 2.3.8)"};
}
Reply header_too_big() { return {554, "6.0", "Header section is too large"}; }
Reply text_line_too_long() { return {554, "6.0", "A line of the message is too long"}; }
Reply no_storage() { return {452, "3.1", "Not enough storage for the message now, try again later"}; }

Reply too_many_recipients(unsigned most) {
  return {452, "5.3", fmt::format("At most {} recipients in a transaction", most)};
}
Reply too_many_errors(std::string_view host) {
  return {421, "7.0", fmt::format("{} too many errors, closing connection", host)};
}
Reply too_many_refused(std::string_view host) {
  return {421, "7.0", fmt::format("{} too many refused recipients, closing connection", host)};
}
Reply too_many_idle_commands(std::string_view host) {
  return {421, "7.0", fmt::format("{} too many commands without a message, closing connection", host)};
}
Reply too_many_connections(std::string_view host) {
  return {421, "7.0", fmt::format("{} too many connections, try again later", host)};
}
Reply timed_out(std::string_view host) {
  return {421, "4.2", fmt::format("{} waited too long, closing connection", host)};
}
Reply too_slow(std::string_view host) {
  return {421, "4.2", fmt::format("{} data came too slowly, closing connection", host)};
}
Reply shutting_down(std::string_view host) {
  return {421, "3.2", fmt::format("{} is shutting down, try again later", host)};
}
Reply internal_trouble(std::string_view host) {
  return {421, "3.0", fmt::format("{} internal trouble, try again later", host)};
}

}  // namespace gateway::smtp::replies
