#include "gateway/smtp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "gateway/smtp/command.h"
#include "gateway/smtp/mend.h"
#include "gateway/smtp/replies.h"

namespace gateway::smtp {

struct Protocol::States {
  unsigned bits = 0;
  constexpr States(std::initializer_list<State> states) {
    for (const State state : states) bits |= static_cast<unsigned>(state);
  }
  static constexpr States any() {
    return {State::greeted, State::ready, State::mail, State::rcpt, State::chunks};
  }
  constexpr bool has(State state) const { return (bits & static_cast<unsigned>(state)) != 0; }
};

struct Protocol::Row {
  std::string_view verb;
  States allowed;
  Argument argument;
  bool before_tls;  // also where TLS is required and not on yet, RFC 3207 §4
  Step (Protocol::*act)(std::string_view argument);
};

// The order rules of RFC 5321 §4.1.4, as data.
constexpr Protocol::Row Protocol::kCommands[] = {
    // verb     allowed in             argument          before TLS  act
    {"EHLO", States::any(), Argument::any, true, &Protocol::ehlo},
    {"HELO", States::any(), Argument::any, true, &Protocol::helo},
    {"MAIL", {State::ready}, Argument::any, false, &Protocol::mail},
    {"RCPT", {State::mail, State::rcpt}, Argument::any, false, &Protocol::rcpt},
    {"DATA", {State::rcpt}, Argument::none, false, &Protocol::data},
    {"BDAT", {State::rcpt, State::chunks}, Argument::needed, false, &Protocol::bdat},
    {"RSET", States::any(), Argument::none, false, &Protocol::rset},
    {"NOOP", States::any(), Argument::any, true, &Protocol::noop},
    {"VRFY", States::any(), Argument::needed, false, &Protocol::vrfy},
    {"HELP", States::any(), Argument::any, false, &Protocol::help},
    {"QUIT",
     {State::greeted, State::ready, State::mail, State::rcpt, State::chunks, State::refused},
     Argument::none,
     true,
     &Protocol::quit},
    {"STARTTLS", {State::greeted, State::ready}, Argument::none, true, &Protocol::starttls},
    {"XCLIENT", {State::greeted, State::ready}, Argument::needed, true, &Protocol::xclient},
    {"EXPN", States::any(), Argument::any, false, &Protocol::not_implemented},
    {"AUTH", States::any(), Argument::any, false, &Protocol::not_implemented},
    {"ETRN", States::any(), Argument::any, false, &Protocol::not_implemented},
    {"TURN", States::any(), Argument::any, false, &Protocol::not_implemented},
    {"SEND", States::any(), Argument::any, false, &Protocol::not_implemented},
    {"SOML", States::any(), Argument::any, false, &Protocol::not_implemented},
    {"SAML", States::any(), Argument::any, false, &Protocol::not_implemented},
};

Step Protocol::on_line(const Line& line) {
  ++commands_;
  last_command_ = "?";
  const bool chunk_follows = starts_with_nocase(trim(line.text, " \t"), "BDAT");
  if (line.fault == Line::Fault::too_long) return unreadable(replies::line_too_long(), chunk_follows);
  if (line.fault == Line::Fault::bare_newline)
    return unreadable(replies::bare_newline_in_command(), chunk_follows);
  if (options_.syntax == settings::Syntax::strict) return on_text(line.text, chunk_follows);
  return on_text(mended(line.text), chunk_follows);
}

Step Protocol::on_text(std::string_view text, bool chunk_follows) {
  const auto command = parse_command(text);
  if (!command) return unreadable(replies::unprintable_in_command(), chunk_follows);
  const auto* const row = std::ranges::find_if(
      kCommands, [&](const Row& known) { return equal_nocase(known.verb, command->verb); });
  if (row == std::end(kCommands))
    return error(state_ == State::refused ? replies::connection_refused() : replies::unrecognised());
  last_command_ = row->verb;
  // Who does not introduce himself has no name.
  if (options_.syntax == settings::Syntax::lenient && state_ == State::greeted && row->verb == "MAIL")
    assume_hello("?", false);
  const bool was_in_order = row->allowed.has(state_);
  Step step = run(*row, command->argument);
  if (row->verb == "BDAT") return skip_chunk(std::move(step), command->argument, was_in_order);
  return step;
}

// A chunk of unknown length behind it: the next command cannot be found.
Step Protocol::unreadable(Reply reply, bool chunk_follows) {
  if (chunk_follows) return Close{std::move(reply), "@syntax"};
  return error(std::move(reply));
}

Step Protocol::run(const Row& row, std::string_view argument) {
  if (!row.allowed.has(state_)) return out_of_order(row);
  if (tls_missing() && !row.before_tls) return error(replies::tls_required());
  if (row.argument == Argument::none && !argument.empty()) return error(replies::no_argument_allowed());
  if (row.argument == Argument::needed && argument.empty()) return error(replies::argument_missing());
  return (this->*row.act)(argument);
}

Step Protocol::out_of_order(const Row& row) {
  if (state_ == State::refused) return error(replies::connection_refused());
  if (tls_missing() && !row.before_tls) return error(replies::tls_required());
  if (state_ == State::greeted) return error(replies::say_hello_first());
  const bool nobody_is_left = state_ == State::mail && turned_away_ > 0;
  if (row.verb == "BDAT" && nobody_is_left && !chunks_refused_) {
    chunks_refused_ = true;
    return idle(Say{replies::no_recipient_left()});
  }
  if (row.verb == "BDAT")
    return chunk_out_of_order(state_ == State::ready ? replies::mail_first() : replies::recipient_first());
  if (state_ == State::ready) return error(replies::mail_first());
  if (row.verb == "MAIL") return error(replies::mail_already_given());
  if (state_ == State::chunks && (row.verb == "RCPT" || row.verb == "DATA"))
    return error(replies::not_between_chunks());
  // Said by clients that pipeline before they know: no mistake of theirs.  RFC 2920 §3.1
  if (row.verb == "DATA" && nobody_is_left) return idle(Say{replies::no_recipient_left()});
  if (row.verb == "DATA") return error(replies::recipient_first());
  return error(replies::not_now());
}

// One message pipelined in many chunks is one mistake.
Step Protocol::chunk_out_of_order(Reply reply) {
  if (chunks_refused_) return idle(Say{replies::chunks_refused(), "@syntax"});
  chunks_refused_ = true;
  return error(std::move(reply));
}

// Whatever is answered to BDAT, its octets come: they are no commands.  Where their number cannot be known,
// or is beyond patience, there is nothing left but to close.  RFC 3030 §2
Step Protocol::skip_chunk(Step step, std::string_view argument, bool ends) {
  Say* const say = std::get_if<Say>(&step);
  if (say == nullptr) return step;
  const std::optional<Chunk> chunk = argument.empty() ? Chunk{} : parse_chunk(argument);
  if (!chunk) return Close{replies::bad_chunk(), "@syntax"};
  const settings::Limits& limits = options_.limits;
  const std::uint64_t boundless = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t patience =
      limits.message_size + std::min(limits.header_size, boundless - limits.message_size);
  if (swallowed_octets_ > patience || chunk->octets > patience - swallowed_octets_)
    return Close{replies::too_big(limits.message_size), "@size"};
  swallowed_octets_ += chunk->octets;
  if (ends) state_ = State::ready;
  if (ends || chunks_refused_) chunks_refused_ = !chunk->last;
  return SkipChunk{chunk->octets, std::move(*say), ends};
}

Step Protocol::error(Reply reply) {
  if (++errors_ > options_.limits.errors) return Close{replies::too_many_errors(options_.host), "@limit"};
  return Say{std::move(reply), "@syntax"};
}

// Counts a command that brings no message nearer.
bool Protocol::idled_too_long() { return ++idle_commands_ > options_.limits.idle_commands; }

template <class T>
Step Protocol::idle(T step) {
  if (idled_too_long()) return Close{replies::too_many_idle_commands(options_.host), "@limit"};
  return step;
}

// The reception refused MAIL or DATA.  Trouble of ours never counts.
Answer Protocol::refused(Reply reply) {
  if (reply.permanent() && idled_too_long())
    return Close{replies::too_many_idle_commands(options_.host), "@limit"};
  return Say{std::move(reply)};
}

bool Protocol::tls_missing() const { return options_.tls == settings::ListenerTls::required && !tls_on_; }

std::vector<std::string> Protocol::keywords() const {
  std::vector<std::string> words{"PIPELINING",
                                 fmt::format("SIZE {}", options_.limits.message_size),
                                 "8BITMIME",
                                 "SMTPUTF8",
                                 "ENHANCEDSTATUSCODES",
                                 "CHUNKING",
                                 fmt::format("LIMITS RCPTMAX={}", options_.limits.recipients)};
  if (options_.offers.binary) words.emplace_back("BINARYMIME");
  if (options_.offers.dsn) words.emplace_back("DSN");
  if (options_.offers.requiretls && tls_on_) words.emplace_back("REQUIRETLS");
  const bool offered =
      options_.tls == settings::ListenerTls::starttls || options_.tls == settings::ListenerTls::required;
  if (offered && !tls_on_) words.emplace_back("STARTTLS");
  if (options_.xclient) words.emplace_back("XCLIENT NAME ADDR PORT HELO PROTO LOGIN");
  words.emplace_back("HELP");
  return words;
}

Step Protocol::hello(std::string_view argument, bool esmtp) {
  if (!is_hello_name(argument)) return error(replies::bad_hello());
  assume_hello(std::string(argument), esmtp);
  return idle(
      Hello{esmtp ? replies::extended_hello(options_.host, keywords()) : replies::hello(options_.host)});
}

Step Protocol::ehlo(std::string_view argument) { return hello(argument, true); }
Step Protocol::helo(std::string_view argument) { return hello(argument, false); }

Step Protocol::mail(std::string_view argument) {
  Offers offers = options_.offers;
  offers.requiretls = offers.requiretls && (tls_on_ || options_.tls != settings::ListenerTls::off);
  auto parsed = parse_sender(argument, options_.limits.message_size, offers);
  if (Envelope* const envelope = std::get_if<Envelope>(&parsed)) {
    if (envelope->requiretls && !tls_on_) return error(replies::tls_required());  // RFC 8689 §2
    return AskSender{std::move(*envelope)};
  }
  Reply& reply = std::get<Reply>(parsed);
  if (reply.code() == 552)
    return idle(Say{std::move(reply), "@size"});  // true and well said: no protocol error
  return error(std::move(reply));
}

Answer Protocol::sender_answered(const Envelope& envelope, Reply reply) {
  if (!reply.positive()) return refused(std::move(reply));
  state_ = State::mail;
  smtputf8_ = envelope.smtputf8;
  binary_ = envelope.binary;
  recipients_ = turned_away_ = beyond_limit_ = 0;
  chunk_octets_ = swallowed_octets_ = 0;
  chunks_refused_ = false;
  return Say{std::move(reply)};
}

Step Protocol::rcpt(std::string_view argument) {
  auto parsed = parse_recipient(argument, smtputf8_, options_.offers);
  if (Reply* const reply = std::get_if<Reply>(&parsed)) return error(std::move(*reply));
  // Those turned away are remembered to the end of the transaction, so they too must have an end.
  const settings::Limits& limits = options_.limits;
  if (recipients_ >= limits.recipients || turned_away_ >= limits.recipients + limits.refused_recipients)
    return beyond_limit(Say{replies::too_many_recipients(limits.recipients), "@limit"});
  return AskRecipient{std::get<Recipient>(std::move(parsed))};
}

// An honest client may name many more before it hears of the limit, and comes back for them; a flood ends.
Step Protocol::beyond_limit(Say say) {
  constexpr unsigned kPatience = 1000;
  if (++beyond_limit_ <= kPatience) return say;
  return idle(std::move(say));
}

Answer Protocol::recipient_answered(Reply reply, bool verdict) {
  if (reply.positive()) {
    state_ = State::rcpt;
    chunks_refused_ = false;
    ++recipients_;
    return Say{std::move(reply)};
  }
  ++turned_away_;
  if (reply.permanent() && !verdict && ++refused_recipients_ > options_.limits.refused_recipients)
    return Close{replies::too_many_refused(options_.host), "@limit"};
  return Say{std::move(reply)};
}

Step Protocol::data(std::string_view) {
  if (binary_) return error(replies::binary_needs_chunks());  // RFC 3030 §3
  return AskData{};
}

Answer Protocol::data_refused(Reply reply) { return refused(std::move(reply)); }

void Protocol::data_ended(bool more_chunks) {
  state_ = State::ready;
  chunks_refused_ = more_chunks;
  idle_commands_ = 0;
}

Step Protocol::bdat(std::string_view argument) {
  const std::optional<Chunk> chunk = parse_chunk(argument);
  if (!chunk || !chunk->well_formed) return error(replies::bad_chunk());
  const std::uint64_t most = options_.limits.message_size;
  if (chunk->octets > most - chunk_octets_) return idle(Say{replies::too_big(most), "@size"});
  if (chunk->octets == 0 && !chunk->last && idled_too_long())
    return Close{replies::too_many_idle_commands(options_.host), "@limit"};
  chunk_octets_ += chunk->octets;
  state_ = State::chunks;
  return TakeChunk{chunk->octets, chunk->last, binary_};
}

Answer Protocol::chunks_refused(Reply reply, bool more_chunks) {
  state_ = State::ready;
  chunks_refused_ = more_chunks;
  return refused(std::move(reply));
}

Step Protocol::rset(std::string_view) {
  if (in_transaction()) state_ = State::ready;
  chunks_refused_ = false;
  return idle(Reset{replies::done()});
}

Step Protocol::noop(std::string_view) { return idle(Say{replies::done()}); }
Step Protocol::vrfy(std::string_view) {
  return idle(Say{replies::cannot_verify()});
}  // nobody is confirmed or denied
Step Protocol::help(std::string_view) { return idle(Say{replies::help()}); }
Step Protocol::quit(std::string_view) { return Close{replies::goodbye(options_.host)}; }

Step Protocol::starttls(std::string_view) {
  if (tls_on_) return error(replies::tls_already_on());
  if (options_.tls == settings::ListenerTls::off) return error(replies::tls_not_available());
  return BeginTls{};
}

Step Protocol::xclient(std::string_view argument) {
  if (!options_.xclient) return error(replies::xclient_not_for_you());
  auto client = parse_xclient(argument);
  if (!client) return error(replies::bad_xclient());
  return Impersonate{*std::move(client)};
}

Step Protocol::not_implemented(std::string_view) { return error(replies::not_implemented()); }

void Protocol::restart(bool tls_on) {
  state_ = State::greeted;
  tls_on_ = tls_on;
  helo_.clear();
  esmtp_ = false;
}

void Protocol::assume_hello(std::string name, bool esmtp) {
  state_ = State::ready;
  chunks_refused_ = false;
  helo_ = std::move(name);
  esmtp_ = esmtp;
}

}  // namespace gateway::smtp
