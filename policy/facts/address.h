#pragma once
// A mail address as the envelope or a header field gives it (RFC 5321 §4.1.2 Mailbox, RFC 6531 for UTF-8).

#include <optional>
#include <string>
#include <string_view>

#include "policy/facts/domain.h"

namespace policy::inline facts {

class Address {
 public:
  Address() = default;  // the null reverse-path <>

  // local-part "@" domain: dot-atom or quoted string, domain or address literal; UTF-8 where `utf8`.  Total
  // and strict: no route, no comment, no white space outside quotes, no control octets, local part up to 256
  // octets.
  static std::optional<Address> parse(std::string_view mailbox, bool utf8 = true);
  // For `explain`, which shows what any address would come to: never refuses; the domain is what follows the
  // last '@', when it is one.  Not fit for the wire.
  static Address odd(std::string_view text);
  static Address bare_postmaster();  // RCPT TO:<postmaster>, RFC 5321 §4.5.1

  bool is_null() const { return text_.empty(); }
  const std::string& text() const { return text_; }    // as it was written, fit for the wire
  const std::string& local() const { return local_; }  // quotes and backslashes resolved, case kept
  const Domain& domain() const { return domain_; }     // empty for <>, postmaster and address literals
  bool is_literal() const { return literal_; }
  bool needs_utf8() const;  // cannot be sent without SMTPUTF8

  // How rules compare: domain as A-labels, local part without case.
  std::string comparable() const;
  friend bool operator==(const Address& a, const Address& b) { return a.comparable() == b.comparable(); }

 private:
  std::string text_;
  std::string local_;
  Domain domain_;
  bool literal_ = false;
};

}  // namespace policy::inline facts
