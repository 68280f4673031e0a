#pragma once
// The SMTP protocol as a state machine without I/O: lines in, steps out.  The session performs the steps and
// says what came of them.  RFC 5321 §3, §4

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/settings/settings.h"
#include "gateway/smtp/line_reader.h"
#include "gateway/smtp/offers.h"
#include "gateway/smtp/recipient.h"
#include "gateway/smtp/reply.h"
#include "gateway/smtp/xclient.h"

namespace gateway::smtp {

// What the session is to do next.
struct Say {  // this, and go on.  `refusal` names a refusal of our own ("@syntax", …), for the record
  Reply reply;
  std::string_view refusal = {};
};
struct Close {  // say this and close
  Reply reply;
  std::string_view refusal = {};
};
struct Hello {  // HELO or EHLO: a transaction under way is over
  Reply reply;
};
struct Reset {  // RSET: likewise
  Reply reply;
};
struct AskSender {  // then sender_answered()
  Envelope envelope;
};
struct AskRecipient {  // then recipient_answered()
  Recipient recipient;
};
struct AskData {};    // then data_ended() or data_refused()
struct BeginTls {};   // then restart()
struct Impersonate {  // then restart()
  Xclient client;
};
struct TakeChunk {  // then data_ended() behind the last or a spoilt one, or chunks_refused()
  std::uint64_t octets = 0;
  bool last = false;
  bool binary = false;  // the body is no lines
};
struct SkipChunk {  // swallow that much, then say this
  std::uint64_t octets = 0;
  Say say;
  bool ends = false;  // the transaction, if there is one, is over
};
using Answer = std::variant<Say, Close>;
using Step = std::variant<Say, Close, Hello, Reset, AskSender, AskRecipient, AskData, TakeChunk, SkipChunk,
                          BeginTls, Impersonate>;

class Protocol {
 public:
  struct Options {
    std::string host;  // our name
    settings::Limits limits;
    settings::ListenerTls tls =
        settings::ListenerTls::off;  // starttls and required only where a certificate is
    bool xclient = false;            // offered to this client
    settings::Syntax syntax = settings::Syntax::strict;
    Offers offers = {};
  };

  explicit Protocol(Options options) : options_(std::move(options)) {}

  Step on_line(const Line& line);

  Answer sender_answered(const Envelope& envelope, Reply reply);
  // `verdict`: a rule refused, which is not held against the client.
  Answer recipient_answered(Reply reply, bool verdict);
  Answer data_refused(Reply reply);
  // The data has come in, or a chunk before the last spoilt it; the transaction is over.
  void data_ended(bool more_chunks = false);
  // The first chunk was swallowed, not taken; the transaction is over.
  Answer chunks_refused(Reply reply, bool more_chunks);

  // The greeting was a refusal: only QUIT is left.
  void refuse() { state_ = State::refused; }
  // As after the greeting: TLS has begun, or a front end named the client.
  void restart(bool tls_on);
  // XCLIENT carried a HELO name: as if it had been said.
  void assume_hello(std::string name, bool esmtp);

  const settings::Limits& limits() const { return options_.limits; }
  bool in_transaction() const { return state_ >= State::mail && state_ <= State::chunks; }
  const std::string& helo() const { return helo_; }
  unsigned commands() const { return commands_; }  // lines so far
  unsigned errors() const { return errors_; }
  // The verb of the last one; "?" for an unknown one, empty before the first.
  std::string_view last_command() const { return last_command_; }
  bool esmtp() const { return esmtp_; }

 private:
  enum class State : std::uint8_t { greeted = 1, ready = 2, mail = 4, rcpt = 8, chunks = 16, refused = 32 };
  enum class Argument { none, needed, any };
  struct States;
  struct Row;

  static const Row kCommands[];

  Step on_text(std::string_view text, bool chunk_follows);
  Step run(const Row& row, std::string_view argument);
  Step out_of_order(const Row& row);
  Step unreadable(Reply reply, bool chunk_follows);
  Step chunk_out_of_order(Reply reply);
  Step skip_chunk(Step step, std::string_view argument, bool ends);
  Step error(Reply reply);
  Step beyond_limit(Say say);
  template <class T>
  Step idle(T step);
  Answer refused(Reply reply);
  bool idled_too_long();
  bool tls_missing() const;
  std::vector<std::string> keywords() const;

  Step ehlo(std::string_view argument);
  Step helo(std::string_view argument);
  Step mail(std::string_view argument);
  Step rcpt(std::string_view argument);
  Step data(std::string_view argument);
  Step bdat(std::string_view argument);
  Step rset(std::string_view argument);
  Step noop(std::string_view argument);
  Step vrfy(std::string_view argument);
  Step help(std::string_view argument);
  Step quit(std::string_view argument);
  Step starttls(std::string_view argument);
  Step xclient(std::string_view argument);
  Step not_implemented(std::string_view argument);
  Step hello(std::string_view argument, bool esmtp);

  Options options_;
  State state_ = State::greeted;
  bool tls_on_ = false;
  std::string helo_;
  bool esmtp_ = false;
  bool smtputf8_ = false;  // of the transaction
  bool binary_ = false;    // likewise
  unsigned recipients_ = 0;
  unsigned turned_away_ = 0;            // recipients of this transaction, for whatever reason
  unsigned beyond_limit_ = 0;           // recipients not even asked for
  std::uint64_t chunk_octets_ = 0;      // taken, of this message; never more than message_size
  std::uint64_t swallowed_octets_ = 0;  // of chunks refused since MAIL
  bool chunks_refused_ = false;         // more of a refused message may follow
  unsigned commands_ = 0;
  std::string_view last_command_;
  unsigned errors_ = 0;
  unsigned refused_recipients_ = 0;
  unsigned idle_commands_ = 0;
};

}  // namespace gateway::smtp
