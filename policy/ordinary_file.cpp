#include "policy/ordinary_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace policy {
namespace {

struct Descriptor {
  explicit Descriptor(int opened) : number(opened) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int number;
};

Error failed(int code) { return Error(std::generic_category().message(code), code); }

// An ordinary file, open.
Result<FileStamp> look_at(const Descriptor& file) {
  if (file.number < 0) return failed(errno);
  struct stat found {};
  if (::fstat(file.number, &found) != 0) return failed(errno);
  if (S_ISDIR(found.st_mode)) return Error("it is a directory", EISDIR);
  if (!S_ISREG(found.st_mode)) return Error("it is no ordinary file", EINVAL);
  return stamp_of(file.number);
}

// A pipe or a device may have no end, and a pipe that nobody writes to would hold us at once.
int open_to_read(const std::filesystem::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

// Fills `text` as far as the file goes.
Result<std::size_t> fill(const Descriptor& file, std::string& text, std::size_t from) {
  while (from < text.size()) {
    const ssize_t got = ::read(file.number, text.data() + from, text.size() - from);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(errno);
    if (got == 0) break;
    from += static_cast<std::size_t>(got);
  }
  return from;
}

}  // namespace

Result<OrdinaryFile> read_ordinary_file(const std::filesystem::path& path, std::size_t most) {
  const Descriptor file(open_to_read(path));
  const auto before = look_at(file);
  if (!before) return before.error();
  OrdinaryFile read{.text = {}, .stamp = *before};
  const Error large(fmt::format("it is larger than {} MiB", most >> 20), EFBIG);
  if (read.stamp.size > most) return large;
  read.text.resize(static_cast<std::size_t>(read.stamp.size) + 1);  // one more, to see that it has grown
  std::size_t have = 0;
  for (;;) {
    const auto filled = fill(file, read.text, have);
    if (!filled) return filled.error();
    have = *filled;
    if (have < read.text.size()) break;
    if (have > most) return large;
    read.text.resize(std::min(2 * have, most + 1));
  }
  read.text.resize(have);
  const auto after = stamp_of(file.number);
  read.unsettled = !after || *after != read.stamp;
  return read;
}

Result<OrdinaryFile> read_beginning(const std::filesystem::path& path, std::size_t octets) {
  const Descriptor file(open_to_read(path));
  const auto stamp = look_at(file);
  if (!stamp) return stamp.error();
  OrdinaryFile read{.text = std::string(octets, '\0'), .stamp = *stamp};
  const auto filled = fill(file, read.text, 0);
  if (!filled) return filled.error();
  const bool all = *filled < octets;
  read.text.resize(*filled);
  if (!all) read.text.resize(read.text.rfind('\n') + 1);
  return read;
}

}  // namespace policy
