#include "policy/language/list_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "policy/facts/text.h"

namespace policy::language {
namespace {

constexpr std::uint64_t kFileOctets = 256 << 20;  // some ten million domains
constexpr std::size_t kUnclearKept = 10;

struct Descriptor {
  explicit Descriptor(int number) : number(number) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int number;
};

Error failed(int code) { return Error(std::generic_category().message(code), code); }

void add(std::uint64_t& hash, std::string_view text) {  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  hash = (hash ^ 0xFFu) * 1099511628211u;
}

}  // namespace

Result<std::shared_ptr<ListFile>> ListFile::read(const Path& path, Time now) {
  const std::shared_ptr<ListFile> file(new ListFile(path, now));
  if (const Result<void> read = file->read_text(); !read) return read.error();
  file->survey();
  return file;
}

Result<void> ListFile::read_text() {
  // A pipe or a device may have no end, and a pipe that nobody writes to would hold us at once.
  const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number < 0) return failed(errno);
  struct stat found {};
  if (::fstat(file.number, &found) != 0) return failed(errno);
  if (S_ISDIR(found.st_mode)) return Error("it is a directory", EISDIR);
  if (!S_ISREG(found.st_mode)) return Error("it is no ordinary file", EINVAL);
  const auto before = stamp_of(file.number);
  if (!before) return before.error();
  stamp_ = *before;
  const Error large("it is larger than 256 MiB", EFBIG);
  if (stamp_.size > kFileOctets) return large;
  text_.resize(static_cast<std::size_t>(stamp_.size) + 1);  // one more, to see that it has grown
  std::size_t have = 0;
  for (;;) {
    if (have == text_.size()) {
      if (have > kFileOctets) return large;
      text_.resize(std::min<std::size_t>(2 * have, kFileOctets + 1));
    }
    const ssize_t got = ::read(file.number, text_.data() + have, text_.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  text_.resize(have);
  const auto after = stamp_of(file.number);
  unsettled_ = !after || *after != stamp_;
  return {};
}

bool ListFile::counts(const ListLine& line) const {
  if (line.comment.empty()) return true;
  const EntryComment comment = read_comment(line.comment);
  return !comment.until || now_ < *comment.until;
}

void ListFile::survey() {
  digest_ = 14695981039346656037u;
  ListLine line;
  for (std::string_view rest = text_; next_line(rest, line);) {
    if (!trim(line.whole).empty()) blank_ = false;
    if (line.entry.empty()) continue;
    const EntryComment comment = read_comment(line.comment);
    if (comment.until && *comment.until <= now_) continue;
    if (comment.until) ends_.push_back(*comment.until);
    if (comment.unclear && unclear_.size() < kUnclearKept) unclear_.push_back(line);
    ++count_;
    add(digest_, line.entry);
  }
  std::ranges::sort(ends_);
}

std::size_t ListFile::count_at(Time later) const {
  return count_ - static_cast<std::size_t>(std::ranges::upper_bound(ends_, later) - ends_.begin());
}

std::optional<Time> ListFile::next_end() const {
  if (ends_.empty()) return std::nullopt;
  return ends_.front();
}

void ListFile::settle() {
  settled_ = true;
  unclear_.clear();  // they point into the text
  text_.clear();
  text_.shrink_to_fit();
  ends_.shrink_to_fit();
}

}  // namespace policy::language
