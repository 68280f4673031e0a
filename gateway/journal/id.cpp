#include "gateway/journal/id.h"

#include "policy/facts/text.h"

namespace gateway::journal {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kLength = 12;
constexpr std::chrono::system_clock::time_point kEpoch{
    std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}};

std::optional<std::uint64_t> decode(std::string_view text) {
  if (text.size() != kLength) return std::nullopt;
  std::uint64_t bits = 0;
  for (char c : text) {
    c = policy::to_lower(c);
    if (c == 'o') c = '0';
    if (c == 'i' || c == 'l') c = '1';
    const auto digit = kAlphabet.find(c >= 'a' ? static_cast<char>(c - 32) : c);
    if (digit == kAlphabet.npos) return std::nullopt;
    bits = bits << 5 | digit;
  }
  return bits;
}

std::string encode(std::uint64_t bits) {
  std::string text(kLength, '0');
  for (auto at = text.rbegin(); at != text.rend(); ++at, bits >>= 5) *at = kAlphabet[bits & 31];
  return text;
}

}  // namespace

std::string IdMaker::next(std::chrono::system_clock::time_point now) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now - kEpoch).count();
  const std::uint64_t wanted = static_cast<std::uint64_t>(since < 0 ? 0 : since) << 10;
  std::uint64_t last = last_.load();
  std::uint64_t next = 0;
  do next = std::max(wanted, last + 1);
  while (!last_.compare_exchange_weak(last, next));
  return encode((next >> 10) << 18 | std::uint64_t{gateway_} << 10 | (next & 1023));
}

std::optional<std::string> canonical_id(std::string_view text) {
  const auto bits = decode(text);
  if (!bits) return std::nullopt;
  return encode(*bits);
}

std::optional<std::chrono::system_clock::time_point> time_of_id(std::string_view id) {
  const auto bits = decode(id);
  if (!bits) return std::nullopt;
  return kEpoch + std::chrono::milliseconds(*bits >> 18);
}

}  // namespace gateway::journal
