#pragma once
// The result words of SPF, DKIM, DMARC and ARC, all of them.  RFC 8601 §2.7

#include <array>
#include <optional>
#include <string_view>

namespace policy::inline facts {

enum class Outcome { none, neutral, pass, fail, softfail, policy, temperror, permerror };

inline constexpr std::array<std::string_view, 8> kOutcomes{"none",     "neutral", "pass",      "fail",
                                                           "softfail", "policy",  "temperror", "permerror"};

constexpr std::string_view name(Outcome outcome) { return kOutcomes[static_cast<std::size_t>(outcome)]; }

constexpr std::optional<Outcome> parse_outcome(std::string_view word) {
  for (std::size_t i = 0; i < kOutcomes.size(); ++i)
    if (kOutcomes[i] == word) return static_cast<Outcome>(i);
  return std::nullopt;
}

}  // namespace policy::inline facts
