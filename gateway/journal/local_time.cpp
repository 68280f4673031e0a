#include "gateway/journal/local_time.h"

#include <ctime>

namespace gateway::journal {

std::string local_time(Time when) {
  const std::time_t seconds = when.time_since_epoch().count();  // to_time_t() counts nanoseconds, to 2262
  std::tm parts{};
  char text[40];
  if (!::localtime_r(&seconds, &parts) ||
      std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &parts) == 0)
    return to_text(when);
  return text;
}

}  // namespace gateway::journal
