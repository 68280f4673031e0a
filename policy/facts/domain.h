#pragma once
// A domain name in its one comparable form: lower-case A-labels (IDNA2008 through libidn2), no trailing dot.

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace policy::inline facts {

class Domain {
 public:
  Domain() = default;  // the empty name

  // A host or mail domain as people write it: U-labels are converted, one trailing dot is allowed,
  // underscores too (they occur in DNS names).  Refused: empty labels, labels over 63 octets, names over 253,
  // octets outside letters, digits, '-' and '_', and what IDNA refuses.  RFC 5321 §4.1.2, RFC 5890
  static std::optional<Domain> parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  std::size_t labels() const;
  Domain parent() const;  // without its first label; empty at the top
  bool under(const Domain& ancestor)
      const;  // the same name, or below it on a label border; nothing is under the empty name

  friend auto operator<=>(const Domain&, const Domain&) = default;

 private:
  explicit Domain(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace policy::inline facts
