#include "gateway/journal/day_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>

namespace gateway::journal {
namespace {

constexpr std::string_view kSuffix = ".jsonl";
constexpr mode_t kMode = 0640;

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
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), kSuffix);
}

std::optional<std::chrono::sys_days> day_of_file_name(std::string_view name) {
  if (name.size() != 10 + kSuffix.size()) return std::nullopt;
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
  const auto today = std::chrono::floor<std::chrono::days>(now);
  if (descriptor_ >= 0 && (day_ != today || !is_in_place())) close();
  if (descriptor_ < 0) open(today);
  if (torn_) {
    if (::write(descriptor_, "\n", 1) != 1) fail(path_.string());
    torn_ = false;
  }
  while (!lines.empty()) {
    const ssize_t count = ::write(descriptor_, lines.data(), lines.size());
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) errno = ENOSPC;
    if (count <= 0) fail(path_.string());
    torn_ = lines[static_cast<std::size_t>(count) - 1] != '\n';
    lines.remove_prefix(static_cast<std::size_t>(count));
  }
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
  if (day_ != day) remove_old(day);
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

void DayFile::remove_old(std::chrono::sys_days today) const {
  if (keep_days_ == 0) return;
  std::error_code error;  // of a failing disk: tried again tomorrow
  for (std::filesystem::directory_iterator file(directory_, error), end; !error && file != end;
       file.increment(error)) {
    const std::filesystem::path path = file->path();
    const auto day = day_of_file_name(path.filename().string());
    std::error_code ignored;
    if (day && *day < today - std::chrono::days(keep_days_)) std::filesystem::remove(path, ignored);
  }
}

}  // namespace gateway::journal
