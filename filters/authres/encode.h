#pragma once
// Writes Authentication-Results fields: nothing that comes from outside can end a value, a result or the
// field.  RFC 8601 §2.2

#include <cstddef>
#include <string>
#include <string_view>

#include "policy/facts/word_folder.h"

#include "filters/authres/authentication_results.h"

namespace filters::authres {

inline constexpr std::size_t kLongestValue =
    320;  // octets of a value or an authserv-id; what is beyond is cut
inline constexpr std::size_t kLongestReason = 160;  // octets of a reason

// The field piece by piece, as the pieces are found, so that nobody has to build a value first.  Values and
// reasons may be any octets: they are escaped and quoted where they must be.  Octets above 127 are kept only
// where `utf8` says that the message was sent with SMTPUTF8.
class Encoder {
 public:
  // Appends to `field`, which must be empty: "Authentication-Results: ID".
  Encoder(std::string& field, std::string_view authserv_id, bool utf8, unsigned version = 1);

  // Begins a result, on a line of its own.  `reason` may be empty.  Method and result must be keywords (RFC
  // 5321 §4.1.2); false, and nothing is written, when they are not.
  bool result(std::string_view method, std::string_view result, std::string_view reason,
              unsigned method_version = 1);
  // Of the result begun last, if that was written.  `name` is "ptype.name" or a name alone; left out when it
  // is not made of keywords.
  void property(std::string_view name, std::string_view value);
  // "; none" when there was no result, and the final CRLF.
  void end();

 private:
  std::string_view value(std::string_view text, bool may_be_address);
  void reason(std::string_view text);

  std::string& field_;
  policy::facts::WordFolder words_;
  const bool utf8_;
  bool any_ = false;           // results
  bool open_ = false;          // the last one was written
  std::string text_, quoted_;  // room for what cannot be written as it is
};

// The whole field, folded, with its final CRLF.  Read again it is the same value, but for what is beyond the
// lengths above, what is not printable, and blanks in a reason.
std::string encode(const AuthenticationResults& results, bool utf8 = false);

}  // namespace filters::authres
