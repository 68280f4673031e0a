#pragma once
// The request line and the header section of one request as they came, octet by octet (RFC 9112 §2 to §6).
//
// Where a request ends must be beyond doubt before its connection takes another one: what one reader takes
// for a body is a request of its own to another.  The HTTP library is lenient there, so this looks first.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::web {

class RequestHead {
 public:
  static constexpr std::size_t kMostOctets = 64 << 10;

  // Takes the next octet.  False once a header line is broken (no CRLF, no field name, folded, a control) or
  // all of it is too much.
  bool take(char octet);
  // The empty line has come: what follows is the body.
  bool done() const { return state_ == State::done; }

  struct Refusal {
    int status;
    const char* why;
  };
  // Why a whole head is not taken: its framing or whom it asks is open to doubt, or the body is coded.
  std::optional<Refusal> refusal() const;
  // Whether a body follows; without Content-Length and Transfer-Encoding none does (RFC 9112 §6.3).
  bool has_body() const { return transfer_encodings_ > 0 || (lengths_ > 0 && !zero_); }
  bool is_chunked() const { return transfer_encodings_ > 0; }

 private:
  enum class State { request_line, fields, done, broken };
  bool take_line();
  bool take_field(std::string_view line);

  State state_ = State::request_line;
  std::size_t octets_ = 0;
  std::string line_;
  std::size_t lengths_ = 0;
  bool is_number_ = true;
  bool zero_ = true;
  std::size_t transfer_encodings_ = 0;
  bool known_transfer_encoding_ = true;
  bool coded_ = false;
  std::size_t hosts_ = 0;
};

}  // namespace gateway::web
