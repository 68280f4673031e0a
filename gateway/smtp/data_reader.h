#pragma once
// Reads the octets of a message and makes every line end CRLF.  Behind 354 it also takes the stuffed dots out
// and finds the end: only CRLF.CRLF.  In chunks a dot is only a dot, and the end is told.  Pure: octets in,
// cleaned octets out, wherever the input is cut.  RFC 5321 §4.1.1.4, §4.5.2; RFC 3030 §2
//
// A binary message (RFC 3030 §3) comes in chunks, too.  Its header section is read as any other; behind the
// empty line every octet belongs to the body and stays as it is.

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/settings/settings.h"

namespace gateway::smtp {

class DataReader {
 public:
  // Why the message cannot be taken.  The first one found stays; the rest of the data is swallowed.
  enum class Fault { none, bare_newline, message_size, header_size, header_fields, text_line };

  enum class Framing { dots, chunks, binary };

  DataReader(settings::BareNewline bare_newline, const settings::Limits& limits,
             Framing framing = Framing::dots);

  // Reads `in` up to the end of data or its own end; appends to `out` while there is no fault.  Returns the
  // octets read.
  std::size_t read(std::string_view in, std::string& out);
  // The last chunk was read.  A line left open is ended.
  void end_chunks(std::string& out);

  bool ended() const { return ended_; }
  Fault fault() const { return fault_; }
  // The empty line after the header section was seen, or data ended without one.
  bool header_complete() const { return header_complete_; }
  std::uint64_t header_octets() const { return header_octets_; }  // without the empty line
  std::uint64_t body_offset() const { return body_offset_; }
  std::uint64_t octets() const { return octets_; }  // cleaned ones so far

 private:
  enum class State { line_start, dot, dot_cr, text, cr };

  bool in_binary_body() const { return framing_ == Framing::binary && header_complete_; }
  std::size_t plain_lines(std::string_view in, std::size_t at);
  bool admit_header_line(char first, std::uint64_t count);
  void grow_body(std::uint64_t count);
  void grow_line(char first, std::uint64_t count);
  Fault first_overrun() const;
  void bare_cr(std::string& out);
  void bare_lf(std::string& out);
  void end_line();
  void end_data();
  void fail(Fault fault);

  settings::BareNewline bare_newline_;
  Framing framing_;
  std::uint64_t message_size_;
  std::uint64_t header_size_;
  unsigned header_fields_;
  std::uint64_t text_line_;

  State state_ = State::line_start;
  Fault fault_ = Fault::none;
  bool ended_ = false;
  bool header_complete_ = false;
  std::uint64_t octets_ = 0;
  std::uint64_t line_octets_ = 0;
  std::uint64_t header_octets_ = 0;
  std::uint64_t body_offset_ = 0;
  unsigned fields_ = 0;
};

}  // namespace gateway::smtp
