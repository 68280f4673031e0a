#pragma once
// Finds CR and LF, sixteen octets at a time where the processor can.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gateway::smtp {

// The position of the first CR or LF at or behind `at`; text.size() when there is none.
inline std::size_t find_newline(std::string_view text, std::size_t at) {
#ifdef __SSE2__
  const __m128i cr = _mm_set1_epi8('\r');
  const __m128i lf = _mm_set1_epi8('\n');
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(octets, cr), _mm_cmpeq_epi8(octets, lf));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits));
    if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
  }
#endif
  while (at < text.size() && text[at] != '\r' && text[at] != '\n') ++at;
  return at;
}

// Where they stand among this many octets: a bit for each octet, the first one's the lowest.
struct Newlines {
  static constexpr std::size_t kOctets = 64;
  std::uint64_t cr = 0;
  std::uint64_t lf = 0;
};

inline Newlines newlines_in(const char* octets) {
  const auto places_of = [octets](char wanted) {
    std::uint64_t places = 0;
#ifdef __SSE2__
    for (unsigned at = 0; at < Newlines::kOctets; at += 16) {
      const __m128i some = _mm_loadu_si128(reinterpret_cast<const __m128i*>(octets + at));
      const auto hits = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(some, _mm_set1_epi8(wanted))));
      places |= std::uint64_t{hits} << at;
    }
#else
    for (unsigned at = 0; at < Newlines::kOctets; ++at) places |= std::uint64_t{octets[at] == wanted} << at;
#endif
    return places;
  };
  return {places_of('\r'), places_of('\n')};
}

}  // namespace gateway::smtp
