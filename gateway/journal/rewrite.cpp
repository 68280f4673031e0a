#include "gateway/journal/rewrite.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "gateway/journal/file_lock.h"
#include "gateway/journal/index/line_reader.h"

namespace gateway::journal {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{10};    // for the writer, who holds the lock for one append
constexpr std::size_t kWrittenAtOnce = 1 << 20;  // octets
constexpr std::string_view kNewSuffix = ".rewritten";

[[noreturn]] void fail(const fs::path& file) {
  throw std::system_error(errno, std::generic_category(), file.string());
}

// A file of our own that is gone unless it takes its place.
class NewFile {
 public:
  // For the same owner and eyes as the other.
  NewFile(fs::path path, int like) : path_(std::move(path)) {
    struct stat status {};
    descriptor_ =
        ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor_ < 0 || ::fstat(like, &status) != 0) fail(path_);
    if (::fchown(descriptor_, status.st_uid, status.st_gid) != 0 && errno != EPERM) fail(path_);
    if (::fchmod(descriptor_, status.st_mode & 0777) != 0) fail(path_);
  }
  ~NewFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    std::error_code ignored;
    if (!placed_) fs::remove(path_, ignored);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void add(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kWrittenAtOnce) flush();
  }
  void sync() {
    flush();
    if (::fsync(descriptor_) != 0) fail(path_);
  }
  void take_place(const fs::path& of) {
    fs::rename(path_, of);
    placed_ = true;
    const int directory = ::open(of.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
  }

 private:
  void flush() {
    for (std::string_view rest = buffer_; !rest.empty();) {
      const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
      if (count < 0 && errno == EINTR) continue;
      if (count == 0) errno = ENOSPC;
      if (count <= 0) fail(path_);
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
    buffer_.clear();
  }

  const fs::path path_;
  int descriptor_ = -1;
  std::string buffer_;
  bool placed_ = false;
};

Rewritten rewrite_or_throw(const fs::path& lines,
                           const std::function<std::optional<std::string>(std::string_view)>& change,
                           const std::function<void(std::uint64_t)>& progress,
                           const std::function<void()>& placing) {
  Rewritten done;
  auto reader = index::LineReader::open(lines);
  if (!reader) return done;
  NewFile made(lines.string() + std::string(kNewSuffix), reader->descriptor());
  const auto put = [&](std::string_view text) {
    const auto changed = change(text);
    done.changed += changed ? 1 : 0;
    made.add(changed ? std::string_view(*changed) : text);
  };
  const auto copy = [&] {
    while (const auto line = reader->next()) {
      if (line->too_long)
        throw std::system_error(EFBIG, std::generic_category(),
                                lines.string() + " has a line that is too long");
      ++done.lines;
      put(line->text);
      made.add("\n");
      progress(line->end);
    }
  };
  copy();
  made.sync();
  if (done.changed == 0) return done;
  const FileLock lock(reader->descriptor(), FileLock::Kind::alone, kPatience);
  if (!lock.held()) throw std::system_error(EBUSY, std::generic_category(), lines.string() + " is in use");
  if (!reader->in_place())
    throw std::system_error(EBUSY, std::generic_category(), lines.string() + " was replaced meanwhile");
  copy();  // what came meanwhile
  put(reader->rest());
  made.sync();
  placing();
  made.take_place(lines);
  // The disk may have taken longer than the writer waits for the lock: what he wrote without it.
  copy();
  made.sync();
  return done;
}

}  // namespace

Result<Rewritten> rewrite(const fs::path& lines,
                          const std::function<std::optional<std::string>(std::string_view)>& change,
                          const std::function<void(std::uint64_t)>& progress,
                          const std::function<void()>& placing) try {
  return rewrite_or_throw(lines, change, progress, placing);
} catch (const std::exception& error) {
  return Error(error.what(), 1);
}

}  // namespace gateway::journal
