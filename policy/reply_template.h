#pragma once
// What a rule says to the client it turns away: reply = '550 5.7.1 text with {fact} placeholders'.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/facts/facts.h"
#include "policy/verdict.h"

namespace policy {

class ReplyTemplate {
 public:
  struct Mistake {
    std::size_t offset = 0;
    std::size_t length = 1;
    std::string message;
  };
  // The code must fit what the rule does: 5xx refuses for good, 4xx defers.
  static std::optional<ReplyTemplate> parse(std::string_view text, Disposition action,
                                            const Vocabulary& vocabulary, Mistake& mistake);

  // The code of the first authentication fact in the rule: dmarc 5.7.26, spf 5.7.23, dkim 5.7.20, rdns 5.7.25
  // (RFC 7372, RFC 7489 §10.3), else 5.7.1.
  static ReplyTemplate by_default(Disposition action, const std::vector<std::string>& facts_named,
                                  const Vocabulary& vocabulary);

  ReplyText render(const Facts& facts) const;

  std::vector<FactId> facts() const;  // of its placeholders

 private:
  int code_ = 550;
  std::string detail_ = "7.1";
  std::vector<std::variant<std::string, FactId>> parts_;
};

}  // namespace policy
