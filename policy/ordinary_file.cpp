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

}  // namespace

Result<OrdinaryFile> read_ordinary_file(const std::filesystem::path& path, std::size_t most) {
  // A pipe or a device may have no end, and a pipe that nobody writes to would hold us at once.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number < 0) return failed(errno);
  struct stat found {};
  if (::fstat(file.number, &found) != 0) return failed(errno);
  if (S_ISDIR(found.st_mode)) return Error("it is a directory", EISDIR);
  if (!S_ISREG(found.st_mode)) return Error("it is no ordinary file", EINVAL);
  const auto before = stamp_of(file.number);
  if (!before) return before.error();
  OrdinaryFile read;
  read.stamp = *before;
  const Error large(fmt::format("it is larger than {} MiB", most >> 20), EFBIG);
  if (read.stamp.size > most) return large;
  std::string& text = read.text;
  text.resize(static_cast<std::size_t>(read.stamp.size) + 1);  // one more, to see that it has grown
  std::size_t have = 0;
  for (;;) {
    if (have == text.size()) {
      if (have > most) return large;
      text.resize(std::min(2 * have, most + 1));
    }
    const ssize_t got = ::read(file.number, text.data() + have, text.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  text.resize(have);
  const auto after = stamp_of(file.number);
  read.unsettled = !after || *after != read.stamp;
  return read;
}

}  // namespace policy
