#pragma once
// The texts of the protocol's replies, one named function each.  Those about rules, mailstores and recipients
// belong to the reception.  RFC 5321 §4.2.3, RFC 3463

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/smtp/reply.h"

namespace gateway::smtp::replies {

Reply greeting(std::string_view host);
Reply hello(std::string_view host);  // to HELO
Reply extended_hello(std::string_view host, std::vector<std::string> keywords);
Reply help();
Reply done();  // RSET, NOOP
Reply cannot_verify();
Reply sender_accepted();
Reply recipient_accepted();
Reply start_data();
Reply chunk_taken(std::uint64_t octets);
Reply ready_for_tls();
Reply goodbye(std::string_view host);

Reply unrecognised();
Reply not_implemented();
Reply line_too_long();
Reply bare_newline_in_command();
Reply unprintable_in_command();
Reply bad_hello();
Reply bad_sender();
Reply bad_recipient();
Reply no_argument_allowed();
Reply argument_missing();
Reply bad_parameter();
Reply unknown_parameter();
Reply needs_smtputf8();
Reply too_big(std::uint64_t most);
Reply bad_chunk();
Reply bad_xclient();
Reply xclient_not_for_you();
Reply say_hello_first();
Reply mail_first();
Reply recipient_first();
Reply no_recipient_left();  // all those of the transaction were refused
Reply mail_already_given();
Reply not_now();
Reply not_between_chunks();
Reply binary_needs_chunks();
Reply chunks_refused();      // for chunks behind the one that was
Reply connection_refused();  // after a refused greeting, to all but QUIT
Reply tls_required();
Reply tls_already_on();
Reply tls_not_available();

Reply bare_newline_in_message();
Reply header_too_big();
Reply text_line_too_long();
Reply no_storage();

Reply too_many_recipients(unsigned most);
Reply too_many_errors(std::string_view host);
Reply too_many_refused(std::string_view host);
Reply too_many_idle_commands(std::string_view host);
Reply too_many_connections(std::string_view host);
Reply timed_out(std::string_view host);
Reply too_slow(std::string_view host);
Reply shutting_down(std::string_view host);
Reply internal_trouble(std::string_view host);

}  // namespace gateway::smtp::replies
