#include "gateway/web/request_head.h"

#include <algorithm>

#include "gateway/vocabulary.h"

namespace gateway::web {
namespace {

constexpr std::size_t kMostDigits = 18;  // of a length; fits 64 bits

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 9110 §5.6.2
bool is_token(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

}  // namespace

bool RequestHead::take(char octet) {
  if (state_ == State::done) return true;
  if (state_ == State::broken) return false;
  if (++octets_ > kMostOctets) {
    state_ = State::broken;
    return false;
  }
  line_ += octet;
  if (octet != '\n') return true;
  if (!take_line()) state_ = State::broken;
  line_.clear();
  return state_ != State::broken;
}

bool RequestHead::take_line() {
  // The library answers a broken request line by itself; it could not, were it not given it.
  if (state_ == State::request_line) {
    state_ = State::fields;
    return true;
  }
  if (!line_.ends_with("\r\n")) return false;
  const std::string_view line = std::string_view(line_).substr(0, line_.size() - 2);
  if (!line.empty()) return take_field(line);
  state_ = State::done;
  return true;
}

bool RequestHead::take_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos || colon == 0) return false;
  const std::string_view name = line.substr(0, colon);
  if (!std::ranges::all_of(name, is_token) || std::ranges::any_of(line, is_control)) return false;
  const std::string_view value = trim(line.substr(colon + 1), " \t");
  if (equal_nocase(name, "Content-Length")) {
    ++lengths_;
    is_number_ =
        is_number_ && !value.empty() && value.size() <= kMostDigits && std::ranges::all_of(value, is_digit);
    zero_ = zero_ && value.find_first_not_of('0') == value.npos;
  } else if (equal_nocase(name, "Transfer-Encoding")) {
    ++transfer_encodings_;
    known_transfer_encoding_ = known_transfer_encoding_ && equal_nocase(value, "chunked");
  } else if (equal_nocase(name, "Content-Encoding")) {
    coded_ = true;
  } else if (equal_nocase(name, "Host")) {
    ++hosts_;
  }
  return true;
}

std::optional<RequestHead::Refusal> RequestHead::refusal() const {
  if (lengths_ > 1 || !is_number_) return Refusal{400, "Content-Length has to be one number."};
  if (lengths_ > 0 && transfer_encodings_ > 0)
    return Refusal{400, "A request has either Content-Length or Transfer-Encoding."};
  if (transfer_encodings_ > 1 || !known_transfer_encoding_)
    return Refusal{501, "The only Transfer-Encoding that is known here is chunked."};
  if (hosts_ > 1) return Refusal{400, "A request has one Host."};  // RFC 9112 §3.2
  if (coded_) return Refusal{415, "Send this without Content-Encoding."};
  return std::nullopt;
}

}  // namespace gateway::web
