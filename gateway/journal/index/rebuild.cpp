#include "gateway/journal/index/rebuild.h"

#include <thread>

namespace gateway::journal::index {
namespace {

using Access = Database::Access;

constexpr std::size_t kCommitOctets = 4 << 20;
constexpr int kTries = 30;
constexpr std::chrono::seconds kPause{1};

// Another that writes is waited for.
template <class Work>
auto patiently(Work work) {
  for (int tries = 1;; ++tries) try {
      return work();
    } catch (const SqliteError& error) {
      if (error.kind() != SqliteError::Kind::busy || tries == kTries) throw;
      std::this_thread::sleep_for(kPause);
    }
}

void empty(const DayFiles& files) try {
  DayIndex(files, Access::write).clear();
} catch (const SqliteError& error) {
  if (error.kind() != SqliteError::Kind::corrupt) throw;
  remove_database(files.index);
}

}  // namespace

DayIndex::Content rebuild(const DayFiles& files, Old old,
                          const std::function<void(std::uint64_t)>& progress) {
  old == Old::removed ? remove_database(files.index) : patiently([&] { empty(files); });
  auto lines = LineReader::open(files.lines);
  if (!lines) return {};
  DayIndex made(files, Access::write);
  while (patiently([&] { return made.advance(*lines, kCommitOctets); }) > 0) progress(made.content().octets);
  return made.content();
}

}  // namespace gateway::journal::index
