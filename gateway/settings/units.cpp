#include "gateway/settings/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

#include "policy/diagnostic.h"

namespace gateway::settings {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::uint64_t kDay = 86'400'000;
constexpr std::uint64_t kLongest = 36'500 * kDay;
constexpr std::uint64_t kLargest = 1000ull * 1000'000'000'000;

// The first of each factor is the one that is written.
constexpr std::array kDurations{Unit{"d", kDay},   Unit{"h", 3'600'000}, Unit{"min", 60'000},
                                Unit{"m", 60'000}, Unit{"s", 1000},      Unit{"ms", 1}};
constexpr std::array kSizes{Unit{"TB", 1'000'000'000'000},
                            Unit{"GB", 1'000'000'000},
                            Unit{"MB", 1'000'000},
                            Unit{"kB", 1000},
                            Unit{"KB", 1000},
                            Unit{"TiB", 1ull << 40},
                            Unit{"GiB", 1ull << 30},
                            Unit{"MiB", 1ull << 20},
                            Unit{"KiB", 1ull << 10},
                            Unit{"B", 1}};

struct Kind {
  std::string_view what;
  std::string_view expected;
  std::span<const Unit> units;
  std::uint64_t most;
  std::string_view most_text;
};

constexpr Kind kDuration{"duration",
                         "a duration with its unit, such as \"30s\", \"5min\", \"4h\" or \"500ms\"",
                         kDurations, kLongest, "36500d"};
constexpr Kind kSize{"size", "a size with its unit, such as \"25MB\", \"16KiB\" or \"500B\"", kSizes,
                     kLargest, "1000TB"};

Error refusal(const Kind& kind, std::string_view text, std::string_view why = {}) {
  return Error(
      fmt::format("'{}' is no {}: expected {}{}", printable(text, 60), kind.what, kind.expected, why));
}

Result<std::uint64_t> parse(const Kind& kind, std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range)
    return Error(fmt::format("'{}' is too large: the most is {}", printable(text, 60), kind.most_text));
  if (error != std::errc{}) return refusal(kind, text);
  const std::string_view word = trim(text.substr(static_cast<std::size_t>(end - text.data())), " ");
  for (const Unit& unit : kind.units) {
    if (unit.name != word) continue;
    if (number > kind.most / unit.factor)
      return Error(fmt::format("'{}' is too large: the most is {}", printable(text, 60), kind.most_text));
    return number * unit.factor;
  }
  std::vector<std::string_view> names;
  for (const Unit& unit : kind.units) names.push_back(unit.name);
  return refusal(kind, text, policy::did_you_mean(word, names));
}

std::string write(std::span<const Unit> units, std::uint64_t number, std::string_view zero) {
  if (number == 0) return std::string(zero);
  const Unit* best = nullptr;
  for (const Unit& unit : units)
    if (number % unit.factor == 0 && (best == nullptr || unit.factor > best->factor)) best = &unit;
  return fmt::format("{}{}", number / best->factor, best->name);
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto parsed = parse(kDuration, text);
  if (!parsed) return parsed.error();
  return std::chrono::milliseconds(static_cast<std::int64_t>(*parsed));
}

Result<std::uint64_t> parse_size(std::string_view text) { return parse(kSize, text); }

Result<double> parse_share(std::string_view text) {
  const Error refused(
      fmt::format("'{}' is no share: expected a percentage, such as \"5%\"", printable(text, 60)));
  if (!text.ends_with('%') || text.size() > 20) return refused;
  const std::string_view number = trim(text.substr(0, text.size() - 1), " ");
  if (number.empty() || number.find_first_not_of("0123456789.") != number.npos) return refused;
  double share = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), share);
  if (error != std::errc{} || end != number.data() + number.size() || share > 100) return refused;
  return share / 100;
}

std::string duration_text(std::chrono::milliseconds duration) {
  return write(kDurations, static_cast<std::uint64_t>(std::max<std::int64_t>(0, duration.count())), "0s");
}

std::string size_text(std::uint64_t octets) { return write(kSizes, octets, "0B"); }

}  // namespace gateway::settings
