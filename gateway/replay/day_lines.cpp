#include "gateway/replay/day_lines.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "gateway/journal/day_file.h"
#include "policy/language/literal.h"

namespace gateway::replay {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;

}  // namespace

// A record stands in the file of the day it was written: a transaction that lasted past midnight in that of
// the next.
Result<std::unique_ptr<DayLines>> DayLines::open(const fs::path& directory, const Period& period) {
  std::error_code error;
  std::vector<fs::path> files;
  std::uint64_t octets = 0;
  const auto first = std::chrono::floor<days>(period.from);
  const auto last = std::chrono::floor<days>(period.to) + days(1);
  for (fs::directory_iterator file(directory, error), end; !error && file != end; file.increment(error)) {
    const auto day = journal::day_of_file_name(file->path().filename().string());
    if (!day || *day < first || *day > last) continue;
    files.push_back(file->path());
    std::error_code gone;
    const auto size = fs::file_size(file->path(), gone);
    if (!gone) octets += size;
  }
  if (error) return Error("the journal " + directory.string() + ": " + error.message(), error.value());
  std::ranges::sort(files);
  return std::unique_ptr<DayLines>(new DayLines(std::move(files), octets));
}

DayLines::~DayLines() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool DayLines::open_next() {
  while (descriptor_ < 0 && next_file_ < files_.size()) {
    const fs::path& path = files_[next_file_++];
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0 && errno != ENOENT)  // it may have been removed for its age meanwhile
      throw std::system_error(errno, std::generic_category(), path.string());
  }
  return descriptor_ >= 0;
}

// False at the end of a file.
bool DayLines::read_more(std::string& block) {
  const std::size_t before = block.size();
  block.resize(before + kBlock);
  ssize_t count = 0;
  do count = ::read(descriptor_, block.data() + before, kBlock);
  while (count < 0 && errno == EINTR);
  block.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0) throw std::system_error(errno, std::generic_category(), files_[next_file_ - 1].string());
  octets_read_ += static_cast<std::uint64_t>(count);
  return count > 0;
}

bool DayLines::next(std::string& block) {
  const std::lock_guard lock(mutex_);
  block.clear();
  while (open_next()) {
    block.swap(begun_);
    begun_.clear();
    const bool more = read_more(block);
    if (!more) {  // the last line may lack its end: the gateway is writing it, or was killed
      ::close(descriptor_);
      descriptor_ = -1;
      if (!block.empty() && !too_long_) block += '\n';
    }
    if (too_long_) {
      const std::size_t end = block.find('\n');
      too_long_ = end == block.npos && more;
      block.erase(0, end == block.npos ? block.size() : end + 1);
    }
    const std::size_t whole = block.rfind('\n') + 1;  // 0 where there is none
    begun_.assign(block, whole);
    block.resize(whole);
    if (begun_.size() > kLongestLine) {
      begun_.clear();
      too_long_ = true;
      ++passed_over_;
    }
    if (!block.empty()) return true;
  }
  return false;
}

std::uint64_t DayLines::octets_read() const {
  const std::lock_guard lock(mutex_);
  return octets_read_;
}

std::uint64_t DayLines::passed_over() const {
  const std::lock_guard lock(mutex_);
  return passed_over_;
}

bool peek_time(std::string_view line, Time& when) {
  constexpr std::string_view kName = R"("time":")";
  constexpr std::size_t kLength = 20;  // of 2026-11-25T02:30:00Z
  const std::size_t at = line.substr(0, 256).find(kName);
  if (at == line.npos) return false;
  const auto time = policy::language::parse_time(line.substr(at + kName.size(), kLength));
  if (time) when = *time;
  return time.has_value();
}

}  // namespace gateway::replay
