#include "gateway/journal/day_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

#include "gateway/journal/file_lock.h"

namespace gateway::journal {
namespace {

constexpr mode_t kMode = 0640;
constexpr std::uint64_t kCheckOctets = 100'000;
constexpr std::chrono::seconds kPatience{2};  // for whoever replaces the file; it takes him milliseconds

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::optional<unsigned> number(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string day_file_name(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}{}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), kLinesSuffix);
}

std::optional<std::chrono::sys_days> day_of_file_name(std::string_view name) {
  if (name.size() != 10 + kLinesSuffix.size()) return std::nullopt;
  const auto year = number(name.substr(0, 4));
  const auto month = number(name.substr(5, 2));
  const auto day = number(name.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok() || day_file_name(date) != name) return std::nullopt;
  return date;
}

DayFile::~DayFile() { close(); }

void DayFile::append(Time now, std::string_view lines) {
  taken_ = 0;
  const auto today = std::chrono::floor<std::chrono::days>(now);
  open_in_place(today);
  const FileLock lock(descriptor_, FileLock::Kind::shared, kPatience);
  // Somebody put another file in its place while he held the lock, with all lines of this one.
  if (!is_in_place()) {
    close();
    open_in_place(today);
  }
  write(lines);
  // A busy day must not fill the disk before midnight.
  unchecked_ += lines.size();
  if (keep_.octets == 0 || unchecked_ < std::max(kCheckOctets, keep_.octets / 100)) return;
  unchecked_ = 0;
  remove_old(directory_, today, keep_);
}

std::optional<std::uint64_t> DayFile::room() const {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(directory_, error);
  if (error) return std::nullopt;
  return space.available;
}

void DayFile::open_in_place(std::chrono::sys_days today) {
  if (descriptor_ >= 0 && (day_ != today || !is_in_place())) close();
  if (descriptor_ < 0) open(today);
}

void DayFile::write(std::string_view lines) {
  if (torn_) {
    if (::write(descriptor_, "\n", 1) != 1) fail(path_.string());
    torn_ = false;
  }
  while (taken_ < lines.size()) {
    const ssize_t count = ::write(descriptor_, lines.data() + taken_, lines.size() - taken_);
    if (count < 0 && errno == EINTR) continue;
    if (count > 0) {
      taken_ += static_cast<std::size_t>(count);
      continue;
    }
    const int error = count == 0 ? ENOSPC : errno;
    const std::size_t whole = lines.substr(0, taken_).rfind('\n') + 1;  // 0 where there is none
    take_back(std::exchange(taken_, whole) - whole);
    errno = error;
    fail(path_.string());
  }
}

// The beginning of a line at the end of the file, so that whoever reads the lines meets none that is torn.
void DayFile::take_back(std::size_t octets) {
  if (octets == 0) return;
  const off_t size = ::lseek(descriptor_, 0, SEEK_END);
  torn_ =
      size < static_cast<off_t>(octets) || ::ftruncate(descriptor_, size - static_cast<off_t>(octets)) != 0;
}

void DayFile::open(std::chrono::sys_days day) {
  std::filesystem::create_directories(directory_);
  path_ = directory_ / day_file_name(day);
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, kMode);
  if (descriptor_ < 0) fail(path_.string());
  // The last line of a process that was killed may have no end.
  const off_t size = ::lseek(descriptor_, 0, SEEK_END);
  char last = '\n';
  torn_ = size > 0 && ::pread(descriptor_, &last, 1, size - 1) == 1 && last != '\n';
  if (day_ != day) remove_old(directory_, day, keep_);
  day_ = day;
}

void DayFile::close() {
  if (descriptor_ < 0) return;
  ::fdatasync(descriptor_);
  ::close(descriptor_);
  descriptor_ = -1;
}

bool DayFile::is_in_place() const {
  struct stat there {};
  struct stat ours {};
  return ::stat(path_.c_str(), &there) == 0 && ::fstat(descriptor_, &ours) == 0 &&
         there.st_ino == ours.st_ino && there.st_dev == ours.st_dev;
}

}  // namespace gateway::journal
