#pragma once
// One SMTP reply.  The class of the enhanced code is taken from the code, so the two cannot contradict each
// other. RFC 5321 §4.2, RFC 3463 §2

#include <string>
#include <string_view>
#include <vector>

namespace gateway::smtp {

class Reply {
 public:
  Reply() = default;
  // `subject_detail` is "7.26"; empty for replies without an enhanced code (greeting, EHLO, 354).  The text
  // is made printable ASCII and never breaks a line.
  Reply(int code, std::string_view subject_detail, std::string_view text);
  // A reply of several lines, one per keyword: EHLO and HELP.
  Reply(int code, const std::vector<std::string>& lines);

  int code() const { return code_; }
  bool positive() const { return code_ >= 200 && code_ < 400; }
  bool temporary() const { return code_ >= 400 && code_ < 500; }
  bool permanent() const { return code_ >= 500; }
  std::string enhanced() const;  // "5.7.26", or empty
  bool empty() const { return code_ == 0; }
  std::string first_line() const { return text_.substr(0, text_.find('\n')); }  // without the codes
  std::string text() const;  // on one line, as logs show it: "550 5.7.26 …"
  void append_to(
      std::string& wire) const;  // CRLF-ended lines; lines over 512 octets are wrapped into several

 private:
  void append_line(std::string& wire) const;
  void append_lines(std::string& wire) const;

  int code_ = 0;
  std::string subject_detail_;
  std::string text_;  // its lines, LF between them
};

}  // namespace gateway::smtp
