#include "filters/dkim/body_length.h"

#include <string_view>

namespace filters::dkim {
namespace {

// Line ends count when text follows them, spaces when text follows on the same line.
class Counter {
 public:
  explicit Counter(bool relaxed) : relaxed_(relaxed) {}

  void take(std::string_view slice) {
    for (const char c : slice) take(c);
  }

  std::uint64_t finish() {
    if (after_cr_) text(1);
    if (length_ == 0) return relaxed_ ? 0 : 2;  // the empty body of "simple" is one CRLF
    return length_ + 2;                         // the end of its last line
  }

 private:
  void take(char c) {
    if (after_cr_ && c == '\n') {
      after_cr_ = false;
      spaces_ = 0;
      line_ends_ += 2;
      return;
    }
    if (after_cr_) text(1);
    after_cr_ = c == '\r';
    if (after_cr_) return;
    if (relaxed_ && (c == ' ' || c == '\t'))
      spaces_ = 1;
    else
      text(1);
  }

  void text(std::uint64_t octets) {
    length_ += line_ends_ + spaces_ + octets;
    line_ends_ = spaces_ = 0;
  }

  bool relaxed_;
  bool after_cr_ = false;
  std::uint64_t spaces_ = 0;
  std::uint64_t line_ends_ = 0;
  std::uint64_t length_ = 0;
};

}  // namespace

std::uint64_t canonical_length(const Message& message, Canonicalization form) {
  Counter counter(form == Canonicalization::relaxed);
  message.for_each_body_slice([&](std::string_view slice) { counter.take(slice); });
  return counter.finish();
}

}  // namespace filters::dkim
