#include "gateway/journal/index/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace gateway::journal::index {
namespace {

constexpr std::size_t kPiece = 256 << 10;

}  // namespace

std::optional<LineReader> LineReader::open(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0 && errno == ENOENT) return std::nullopt;
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), file.string());
  return LineReader(descriptor, file);
}

LineReader::~LineReader() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

LineReader::LineReader(LineReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      file_(std::move(other.file_)),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      offset_(other.offset_),
      passing_over_(other.passing_over_) {}

void LineReader::seek(std::uint64_t offset) {
  buffer_.clear();
  begin_ = 0;
  offset_ = offset;
  passing_over_ = false;
}

void LineReader::seek_whole(std::uint64_t offset) {
  const bool read = !passing_over_ && offset >= offset_ && offset - offset_ < buffer_.size() - begin_;
  const std::size_t ahead = read ? static_cast<std::size_t>(offset - offset_) : 0;
  if (!read || buffer_.find('\n', begin_ + ahead) == buffer_.npos) return seek(offset);
  begin_ += ahead;
  offset_ = offset;
}

bool LineReader::fill() {
  buffer_.erase(0, std::exchange(begin_, 0));
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kPiece);
  ssize_t count = 0;
  do count = ::pread(descriptor_, buffer_.data() + before, kPiece, static_cast<off_t>(offset_ + before));
  while (count < 0 && errno == EINTR);
  buffer_.resize(before + static_cast<std::size_t>(count < 0 ? 0 : count));
  if (count < 0) throw std::system_error(errno, std::generic_category(), file_.string());
  return count > 0;
}

std::optional<Line> LineReader::next() {
  const std::uint64_t at = offset_;
  for (std::size_t looked = 0;;) {
    const std::size_t end = buffer_.find('\n', begin_ + looked);
    if (end != buffer_.npos) {
      Line line{.at = at, .end = offset_ + (end + 1 - begin_), .text = {}, .too_long = passing_over_};
      if (!passing_over_) line.text = std::string_view(buffer_).substr(begin_, end - begin_);
      offset_ = line.end;
      begin_ = end + 1;
      passing_over_ = false;
      return line;
    }
    looked = buffer_.size() - begin_;
    if (looked > kLongest) {
      offset_ += looked;
      begin_ = buffer_.size();
      looked = 0;
      passing_over_ = true;
    }
    if (!fill()) {
      if (passing_over_) seek(at);  // it is read again when there is more
      return std::nullopt;
    }
  }
}

std::uint64_t LineReader::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0)
    throw std::system_error(errno, std::generic_category(), file_.string());
  return static_cast<std::uint64_t>(status.st_size);
}

bool LineReader::in_place() const {
  struct stat there {};
  struct stat ours {};
  return ::stat(file_.c_str(), &there) == 0 && ::fstat(descriptor_, &ours) == 0 &&
         there.st_ino == ours.st_ino && there.st_dev == ours.st_dev;
}

}  // namespace gateway::journal::index
