#include "gateway/smtp/data_reader.h"

#include <algorithm>

namespace gateway::smtp {

DataReader::DataReader(settings::BareNewline bare_newline, const settings::Limits& limits, Framing framing)
    : bare_newline_(bare_newline),
      framing_(framing),
      message_size_(limits.message_size),
      header_size_(limits.header_size),
      header_fields_(limits.header_fields),
      text_line_(limits.text_line) {}

std::size_t DataReader::read(std::string_view in, std::string& out) {
  std::size_t at = 0;
  std::size_t next_lf =
      0;  // found once and kept, or a run of lone CRs would search the same octets again and again
  bool lf_known = false;
  while (at < in.size() && !ended_) {
    const char c = in[at];
    switch (state_) {
      case State::line_start: {
        const bool dot = c == '.' && framing_ == Framing::dots;
        state_ = dot ? State::dot : State::text;
        if (dot) ++at;
        break;
      }
      case State::dot:  // stuffed, unless CRLF follows
        state_ = c == '\r' ? State::dot_cr : State::text;
        if (c == '\r') ++at;
        break;
      case State::dot_cr:
      case State::cr:
        if (c != '\n') {
          bare_cr(out);
          state_ = State::text;
          break;
        }
        ++at;
        if (state_ == State::dot_cr) return end_data(), at;
        end_line(out);
        state_ = State::line_start;
        break;
      case State::text:
        if (!lf_known || next_lf < at) {
          next_lf = std::min(in.find('\n', at), in.size());
          lf_known = true;
        }
        read_text(in, at, next_lf, out);
        break;
    }
  }
  return at;
}

// Reads up to a CR, a lone LF or the end of the input.  `next_lf` is the next LF at or behind `at`.
void DataReader::read_text(std::string_view in, std::size_t& at, std::size_t next_lf, std::string& out) {
  const std::string_view run = in.substr(at, next_lf - at);
  const std::size_t cr = run.find('\r');
  if (cr == run.npos) {
    put(run, out);
    at += run.size();
    if (at == in.size()) return;
    ++at;  // a lone LF: a line end, but the dot behind it is only a dot
    if (bare_newline_ == settings::BareNewline::refuse) fail(Fault::bare_newline);
    end_line(out);
    return;
  }
  put(run.substr(0, cr), out);
  at += cr + 1;
  state_ = State::cr;
}

void DataReader::put(std::string_view text, std::string& out) {
  if (text.empty()) return;
  if (!header_complete_ && line_octets_ == 0 && text.front() != ' ' && text.front() != '\t' &&
      ++fields_ > header_fields_)
    fail(Fault::header_fields);
  octets_ += text.size();
  line_octets_ += text.size();
  if (line_octets_ > text_line_) fail(Fault::text_line);
  if (octets_ > message_size_) fail(Fault::message_size);
  if (!header_complete_ && octets_ > header_size_) fail(Fault::header_size);
  if (fault_ == Fault::none) out.append(text);
}

void DataReader::bare_cr(std::string& out) {
  if (bare_newline_ == settings::BareNewline::refuse) fail(Fault::bare_newline);
  put(" ", out);
}

void DataReader::end_line(std::string& out) {
  if (!header_complete_ && line_octets_ == 0) {
    header_complete_ = true;
    header_octets_ = octets_;
    body_offset_ = octets_ + 2;
  }
  octets_ += 2;
  line_octets_ = 0;
  if (octets_ > message_size_) fail(Fault::message_size);
  if (fault_ == Fault::none) out.append("\r\n");
}

void DataReader::end_chunks(std::string& out) {
  if (state_ == State::cr) bare_cr(out);  // no LF will come
  if (line_octets_ > 0) end_line(out);
  end_data();
}

void DataReader::end_data() {
  ended_ = true;
  if (header_complete_) return;
  header_complete_ = true;
  header_octets_ = body_offset_ = octets_;
}

void DataReader::fail(Fault fault) {
  if (fault_ == Fault::none) fault_ = fault;
}

}  // namespace gateway::smtp
