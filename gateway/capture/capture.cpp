#include "gateway/capture/capture.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <fstream>
#include <iterator>
#include <system_error>

#include "gateway/net/descriptor.h"

namespace gateway::capture {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kTidy{60};
constexpr std::string_view kSuffix = ".eml";
constexpr std::string_view kUnfinished = ".tmp";
constexpr double kWhole = 18446744073709551616.0;  // 2^64

// FNV-1a, and its bits mixed: ids differ in their last characters.
std::uint64_t mixed(std::string_view id) {
  std::uint64_t sum = 14695981039346656037u;
  for (const char c : id) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211u;
  sum ^= sum >> 33;
  sum *= 0xff51afd7ed558ccdu;
  return sum ^ (sum >> 33);
}

[[noreturn]] void fail(const fs::path& file) {
  throw std::system_error(errno, std::generic_category(), file.string());
}

struct Kept {
  fs::path path;
  std::int64_t since = 0;
  std::uint64_t octets = 0;
};

std::vector<Kept> kept_in(const fs::path& directory) {
  std::vector<Kept> all;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    struct stat status {};
    if (at->path().extension() != kSuffix || ::lstat(at->path().c_str(), &status) != 0) continue;
    all.push_back({at->path(), status.st_mtime, static_cast<std::uint64_t>(status.st_size)});
  }
  std::ranges::sort(all, {}, [](const Kept& one) { return std::pair(one.since, one.path); });
  return all;
}

}  // namespace

Capture::Capture(settings::CaptureSettings settings)
    : directory_(settings.directory),
      settings_(std::move(settings)),
      on_(settings_.on()),
      thread_([this] { run(); }) {}

Capture::~Capture() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Capture::use(settings::CaptureSettings settings) {
  const std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
  on_.store(settings_.on(), std::memory_order_relaxed);
}

bool Capture::wants(std::string_view id, const std::vector<std::string_view>& rules) const {
  if (!on_.load(std::memory_order_relaxed)) return false;
  const std::lock_guard lock(mutex_);
  for (const std::string& wanted : settings_.rules)
    if (std::ranges::find(rules, wanted) != rules.end()) return true;
  return settings_.sample > 0 && static_cast<double>(mixed(id)) < settings_.sample * kWhole;
}

void Capture::offer(std::string id, std::shared_ptr<const Octets> message) {
  {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - minute_ >= std::chrono::minutes(1)) {
      minute_ = now;
      in_minute_ = 0;
    }
    if (waiting_.size() >= kMostWaiting || ++in_minute_ > kMostPerMinute) {
      ++counts_.left_out;
      return;
    }
    waiting_.push_back({std::move(id), std::move(message)});
  }
  wake_.notify_one();
}

Capture::Counts Capture::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Capture::run() {
  auto tidied = std::chrono::steady_clock::time_point::min();
  for (;;) {
    Waiting one;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kTidy, [this] { return stop_ || !waiting_.empty(); });
      if (waiting_.empty() && stop_) return;
      if (!waiting_.empty()) {
        one = std::move(waiting_.front());
        waiting_.pop_front();
      }
    }
    bool failed = false;
    try {
      if (one.message) write(one);
      const auto now = std::chrono::steady_clock::now();
      if (tidied == std::chrono::steady_clock::time_point::min() || now - tidied >= kTidy) {
        tidy();
        tidied = now;
      }
    } catch (const std::exception& error) {
      failed = true;
      if (complaint_.due()) spdlog::error("event=capture_failed error=\"{}\"", printable(error.what()));
    }
    if (!one.message) continue;
    const std::lock_guard lock(mutex_);
    ++(failed ? counts_.failed : counts_.kept);
  }
}

void Capture::write(const Waiting& one) {
  fs::create_directories(directory_);
  ::chmod(directory_.c_str(), 0700);
  const fs::path unfinished = directory_ / (one.id + std::string(kUnfinished));
  const net::Descriptor file(
      ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) fail(unfinished);
  try {
    std::vector<char> room(64 << 10);
    for (std::uint64_t at = 0; at < one.message->size();) {
      std::string_view slice = one.message->read(at, room);
      if (slice.empty()) break;
      at += slice.size();
      while (!slice.empty()) {
        const ssize_t count = ::write(file.get(), slice.data(), slice.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) fail(unfinished);
        slice.remove_prefix(static_cast<std::size_t>(count));
      }
    }
    fs::rename(unfinished, directory_ / (one.id + std::string(kSuffix)));
  } catch (...) {
    ::unlink(unfinished.c_str());
    throw;
  }
}

// The oldest go when they are too old, or too much together.
void Capture::tidy() {
  std::uint64_t most = 0;
  std::int64_t oldest = 0;
  {
    const std::lock_guard lock(mutex_);
    most = settings_.max_size;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    oldest = (now - std::chrono::days(settings_.keep_days)).time_since_epoch().count();
  }
  const std::vector<Kept> all = kept_in(directory_);
  std::uint64_t octets = 0;
  for (const Kept& one : all) octets += one.octets;
  for (const Kept& one : all) {
    if (one.since >= oldest && octets <= most) break;
    if (::unlink(one.path.c_str()) == 0) octets -= one.octets;
  }
}

std::size_t erase(const fs::path& directory, const std::function<bool(std::string_view id)>& has_id,
                  const std::function<bool(std::string_view text)>& has_text) {
  std::size_t removed = 0;
  for (const Kept& one : kept_in(directory)) {
    bool his = has_id(one.path.stem().string());
    if (!his) {
      std::ifstream file(one.path, std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
      his = has_text(text);
    }
    if (his && ::unlink(one.path.c_str()) == 0) ++removed;
  }
  return removed;
}

}  // namespace gateway::capture
