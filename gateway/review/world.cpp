#include "gateway/review/world.h"

#include <fmt/format.h>

namespace gateway::review {
namespace {

constexpr std::chrono::seconds kUsualLag{60};

}  // namespace

std::vector<std::string> remarks(const Status& status) {
  std::vector<std::string> all;
  if (status.journal.dropped > 0)
    all.push_back(fmt::format(
        "{} records were dropped since the start, because the disk was too slow: the journal has a gap",
        status.journal.dropped));
  if (status.journal.failed > 0)
    all.push_back(
        fmt::format("{} records could not be written since the start: the journal has a gap; see "
                    "event=journal_failed in the log",
                    status.journal.failed));
  if (!status.index) {
    all.emplace_back(
        "the index of the journal is switched off ([journal] index): lines are read instead, which takes "
        "longer");
  } else {
    if (!status.index->trouble.empty())
      all.push_back(fmt::format("the index of the journal cannot be written: {}", status.index->trouble));
    if (status.index->lag > kUsualLag)
      all.push_back(
          fmt::format("the index of the journal is {} s behind: what it lacks is read from the lines",
                      std::chrono::duration_cast<std::chrono::seconds>(status.index->lag).count()));
  }
  return all;
}

}  // namespace gateway::review
