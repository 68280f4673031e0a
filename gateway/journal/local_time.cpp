#include "gateway/journal/local_time.h"

#include <ctime>

namespace gateway::journal {
namespace {

std::string formatted(Time when, const char* format) {
  const std::time_t seconds = when.time_since_epoch().count();  // to_time_t() counts nanoseconds, to 2262
  std::tm parts{};
  char text[40];
  if (!::localtime_r(&seconds, &parts) || std::strftime(text, sizeof text, format, &parts) == 0)
    return to_text(when);
  return text;
}

}  // namespace

std::string local_time(Time when) { return formatted(when, "%Y-%m-%d %H:%M:%S %z"); }
std::string brief_local_time(Time when, Time now) {
  const auto same = [&](const char* format) { return formatted(when, format) == formatted(now, format); };
  return formatted(when, same("%Y-%m-%d") ? "%H:%M:%S" : same("%Y") ? "%m-%d %H:%M" : "%Y-%m-%d");
}

std::string short_local_time(Time when) { return formatted(when, "%m-%d %H:%M:%S %z"); }

}  // namespace gateway::journal
