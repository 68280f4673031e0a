#pragma once
// The seconds since 1970 in t= and x=, as people read them.  RFC 6376 §3.5

#include <cstdint>
#include <string>

namespace filters::dkim {

std::string moment(std::uint64_t seconds);  // "2026-11-23 12:00 UTC"; beyond the year 9999 the number itself
std::string time_span(
    std::uint64_t seconds);  // "3 days", "1 hour", "59 seconds": whole units, the largest alone

}  // namespace filters::dkim
