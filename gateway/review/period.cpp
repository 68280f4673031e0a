#include "gateway/review/period.h"

#include <fmt/format.h>

#include <charconv>
#include <ctime>
#include <optional>

#include "gateway/rehearsal/fact_value.h"
#include "gateway/settings/units.h"

namespace gateway::review {
namespace {

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return std::nullopt;
  return value;
}

std::tm local_parts(Time when) {
  const std::time_t seconds = when.time_since_epoch().count();
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return parts;
}

std::optional<Time> local(std::tm parts) {
  parts.tm_isdst = -1;
  std::tm kept = parts;
  const std::time_t seconds = std::mktime(&kept);
  if (seconds == -1 || kept.tm_mday != parts.tm_mday) return std::nullopt;  // the 31st of a shorter month
  return Time(std::chrono::seconds(seconds));
}

// "14:30" or "14:30:15"
bool read_clock(std::string_view text, std::tm& parts) {
  if ((text.size() != 5 && text.size() != 8) || text[2] != ':' || (text.size() == 8 && text[5] != ':'))
    return false;
  const auto hour = number(text.substr(0, 2));
  const auto minute = number(text.substr(3, 2));
  const auto second = text.size() == 8 ? number(text.substr(6, 2)) : 0;
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return false;
  parts.tm_hour = *hour;
  parts.tm_min = *minute;
  parts.tm_sec = *second;
  return true;
}

// "2026-11-25"
bool read_date(std::string_view text, std::tm& parts) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  if (!year || !month || !day || *year < 1970 || *month < 1 || *month > 12 || *day < 1 || *day > 31)
    return false;
  parts.tm_year = *year - 1900;
  parts.tm_mon = *month - 1;
  parts.tm_mday = *day;
  return true;
}

// "14:30", "2026-11-25 14:30"
bool is_minute(std::string_view text, std::tm& parts) {
  const bool dated = text.size() == 16 && read_date(text.substr(0, 10), parts);
  return text.size() == (dated ? 16 : 5) && read_clock(text.substr(dated ? 11 : 0), parts);
}

}  // namespace

Result<Time> parse_when(std::string_view text, Time now) {
  text = trim(text);
  std::tm parts = local_parts(now);
  parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  if (text == "today" || text == "yesterday") {
    if (text == "yesterday") --parts.tm_mday;
    parts.tm_isdst = -1;
    return Time(std::chrono::seconds(std::mktime(&parts)));
  }
  const bool dated = read_date(text.substr(0, 10), parts);
  const std::string_view clock = dated ? text.substr(std::min<std::size_t>(text.size(), 11)) : text;
  const bool whole_day = dated && text.size() == 10;
  if (whole_day ||
      ((!dated || (text.size() > 10 && (text[10] == ' ' || text[10] == 'T'))) && read_clock(clock, parts)))
    if (const auto when = local(parts)) return *when;
  if (const auto ago = settings::parse_duration(text))
    return now - std::chrono::duration_cast<std::chrono::seconds>(*ago);
  if (const auto when = rehearsal::parse_moment(text); when && !(dated && whole_day)) return *when;
  return Error(
      fmt::format("'{}' is no time: expected a duration such as 2h or 7d (ago), today, yesterday, 14:30, "
                  "2026-11-25, \"2026-11-25 14:30\", RFC 3339, or Unix seconds",
                  printable(text, 60)));
}

Result<Time> parse_until(std::string_view text, Time now) {
  const Result<Time> when = parse_when(text, now);
  text = trim(text);
  std::tm date{};
  std::tm clock{};
  const bool whole_day =
      text == "today" || text == "yesterday" || (text.size() == 10 && read_date(text, date));
  if (when && is_minute(text, clock)) return *when + std::chrono::seconds(59);
  if (!when || !whole_day) return when;
  std::tm next = local_parts(*when);
  ++next.tm_mday;
  next.tm_isdst = -1;
  return Time(std::chrono::seconds(std::mktime(&next) - 1));
}

}  // namespace gateway::review
