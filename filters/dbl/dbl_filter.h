#pragma once
// Lists of domains, asked for those that a message comes with.  RFC 5782 §4
//
// Two filters with one configuration: what the envelope names is judged before the message, the author's
// domain when the header is complete.

#include <memory>
#include <span>

#include "filters/filter.h"

namespace filters {
struct Options;
}

namespace filters::dbl {

inline constexpr std::string_view kClient = "dbl.client";
inline constexpr std::string_view kHelo = "dbl.helo";
inline constexpr std::string_view kSender = "dbl.sender";
inline constexpr std::string_view kFrom = "dbl.from";
inline constexpr std::string_view kEnvelopeScore = "dbl.envelope_score";
inline constexpr std::string_view kScore = "dbl.score";

std::span<const FactSpec> envelope_facts();
std::unique_ptr<Filter> make_dbl(const Options& options);

std::span<const FactSpec> author_facts();
std::unique_ptr<Filter> make_dbl_from(const Options& options);

}  // namespace filters::dbl
