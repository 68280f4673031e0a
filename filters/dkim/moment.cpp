#include "filters/dkim/moment.h"

#include <chrono>

#include <fmt/format.h>

namespace filters::dkim {

std::string moment(std::uint64_t seconds) {
  constexpr std::uint64_t kYear10000 = 253'402'300'800;
  if (seconds >= kYear10000) return std::to_string(seconds);
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time - day).count();
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), minutes / 60,
                     minutes % 60);
}

std::string time_span(std::uint64_t seconds) {
  struct Unit {
    std::uint64_t seconds;
    const char* name;
  };
  constexpr Unit kUnits[] = {{86'400, "day"}, {3'600, "hour"}, {60, "minute"}};
  for (const Unit& unit : kUnits)
    if (const std::uint64_t count = seconds / unit.seconds; count > 0)
      return fmt::format("{} {}{}", count, unit.name, count == 1 ? "" : "s");
  return fmt::format("{} second{}", seconds, seconds == 1 ? "" : "s");
}

}  // namespace filters::dkim
