#include "gateway/journal/verdict_log.h"

#include <spdlog/spdlog.h>

#include "gateway/journal/log_line.h"

namespace gateway::journal {

void log_verdict(const Entry& entry) {
  if (const auto logger = spdlog::get(kVerdictLogger)) logger->info("{}", log_line(entry));
}

void log_session(const SessionEntry& entry) {
  if (const auto logger = spdlog::get(kVerdictLogger)) logger->info("{}", log_line(entry));
}

}  // namespace gateway::journal
