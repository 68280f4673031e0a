#include "gateway/smtp/data_reader.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "gateway/smtp/newline.h"

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
  std::size_t run = 0;  // where what goes out unchanged begins: lines are put out together, not one by one
  const auto put = [&](std::size_t end) {
    if (fault_ == Fault::none) out.append(in, run, end - run);
  };
  while (at < in.size() && !ended_) {
    if (in_binary_body()) {
      grow_body(in.size() - at);
      at = in.size();
      break;
    }
    switch (state_) {
      case State::line_start:
        at = plain_lines(in, at);
        if (at == in.size()) break;
        state_ = State::text;
        if (in[at] != '.' || framing_ != Framing::dots) break;
        put(at);
        run = ++at;
        state_ = State::dot;
        break;
      case State::dot:  // stuffed, unless CRLF follows
        state_ = State::text;
        if (in[at] != '\r') break;
        run = ++at;
        state_ = State::dot_cr;
        break;
      case State::dot_cr:
      case State::cr:
        if (in[at] != '\n') {
          bare_cr(out);
          state_ = State::text;
          break;
        }
        run = ++at;
        if (state_ == State::dot_cr) {
          end_data();
          break;
        }
        end_line();
        if (fault_ == Fault::none) out.append("\r\n");
        state_ = State::line_start;
        break;
      case State::text: {
        const std::size_t end = find_newline(in, at);
        if (end > at) grow_line(in[at], end - at);
        at = end;
        if (at == in.size()) break;
        const bool cr = in[at] == '\r';
        if (cr && at + 1 < in.size() && in[at + 1] == '\n') {
          end_line();
          at += 2;
          state_ = State::line_start;
          break;
        }
        put(at);
        run = ++at;
        if (cr)
          state_ = State::cr;
        else
          bare_lf(out);  // a line end, but a dot behind it is only a dot: the state stays
        break;
      }
    }
  }
  put(at);
  return at;
}

// Lines that are whole, within all limits, and neither dot nor end of the header section: nearly all are, and
// nothing changes with them but the counts.  From `at`, a line start, to the first that is not so.
std::size_t DataReader::plain_lines(std::string_view in, std::size_t at) {
  const bool dots = framing_ == Framing::dots;
  const std::uint64_t most = header_complete_ ? message_size_ : std::min(message_size_, header_size_);
  const std::uint64_t before = octets_ - at;  // modulo 2^64; with all lines taken, octets_ is this and `at`
  const auto take = [&](std::size_t cr) {
    if (cr - at > text_line_ || before + cr + 2 > most || (dots && in[at] == '.')) return false;
    if (!header_complete_ && !admit_header_line(in[at], cr - at)) return false;
    at = cr + 2;
    return true;
  };
  // Where every CR has its LF and every LF its CR, the lines are found from the LFs alone.
  bool plain = true;
  bool after_cr = false;
  for (std::size_t block = at; plain && in.size() - block >= Newlines::kOctets; block += Newlines::kOctets) {
    const Newlines found = newlines_in(in.data() + block);
    if ((found.cr << 1 | (after_cr ? 1 : 0)) != found.lf) break;
    after_cr = found.cr >> (Newlines::kOctets - 1) != 0;
    for (std::uint64_t left = found.lf; plain && left != 0; left &= left - 1)
      plain = take(block + static_cast<std::size_t>(std::countr_zero(left)) - 1);
  }
  while (plain && at < in.size()) {
    const std::size_t end = find_newline(in, at);
    plain = in.size() - end >= 2 && in[end] == '\r' && in[end + 1] == '\n' && take(end);
  }
  octets_ = before + at;
  return at;
}

// False: it ends the header section, or is a field too many.
bool DataReader::admit_header_line(char first, std::uint64_t count) {
  if (count == 0) return false;
  const bool begins_field = first != ' ' && first != '\t';
  if (begins_field && fields_ >= header_fields_) return false;
  fields_ += begins_field ? 1 : 0;
  return true;
}

// What a binary body brings is no lines.
void DataReader::grow_body(std::uint64_t count) {
  octets_ += count;
  if (octets_ > message_size_) fail(Fault::message_size);
}

// Octets of a line, none of them a line end.
void DataReader::grow_line(char first, std::uint64_t count) {
  const bool begins_field = !header_complete_ && line_octets_ == 0 && first != ' ' && first != '\t';
  if (begins_field && ++fields_ > header_fields_) fail(Fault::header_fields);
  octets_ += count;
  line_octets_ += count;
  if (line_octets_ > text_line_ || octets_ > message_size_ || (!header_complete_ && octets_ > header_size_))
    fail(first_overrun());
}

// Of several limits the one that was crossed first, wherever the input was cut.
DataReader::Fault DataReader::first_overrun() const {
  constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t line = line_octets_ > text_line_ ? octets_ - line_octets_ + text_line_ : kNever;
  const std::uint64_t message = octets_ > message_size_ ? message_size_ : kNever;
  const std::uint64_t header = !header_complete_ && octets_ > header_size_ ? header_size_ : kNever;
  const std::uint64_t first = std::min({line, message, header});
  if (first == line) return Fault::text_line;
  return first == message ? Fault::message_size : Fault::header_size;
}

void DataReader::bare_cr(std::string& out) {
  if (bare_newline_ == settings::BareNewline::refuse) fail(Fault::bare_newline);
  grow_line(' ', 1);
  if (fault_ == Fault::none) out.push_back(' ');
}

void DataReader::bare_lf(std::string& out) {
  if (bare_newline_ == settings::BareNewline::refuse) fail(Fault::bare_newline);
  end_line();
  if (fault_ == Fault::none) out.append("\r\n");
}

void DataReader::end_line() {
  if (!header_complete_ && line_octets_ == 0) {
    header_complete_ = true;
    header_octets_ = octets_;
    body_offset_ = octets_ + 2;
  }
  octets_ += 2;
  line_octets_ = 0;
  if (octets_ > message_size_) fail(Fault::message_size);
}

void DataReader::end_chunks(std::string& out) {
  if (state_ == State::cr) bare_cr(out);  // no LF will come
  if (line_octets_ > 0) {
    end_line();
    if (fault_ == Fault::none) out.append("\r\n");
  }
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
