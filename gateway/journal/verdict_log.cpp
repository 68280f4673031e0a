#include "gateway/journal/verdict_log.h"

#include <spdlog/spdlog.h>

namespace gateway::journal {

void log_lines(std::string_view lines) {
  if (const auto logger = spdlog::get(kVerdictLogger)) logger->info("{}", lines);
}

}  // namespace gateway::journal
