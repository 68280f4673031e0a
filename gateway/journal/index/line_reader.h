#pragma once
// Whole lines of a file of the journal, from any offset, in bounded memory.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::journal::index {

struct Line {
  std::uint64_t at = 0;   // offset of its first octet
  std::uint64_t end = 0;  // behind its line end
  std::string_view text;  // without it; empty for a line that is too long
  bool too_long = false;
};

class LineReader {
 public:
  static constexpr std::size_t kLongest = 16 << 20;  // octets; no record is that long

  // nullopt where there is no such file; throws std::system_error when it cannot be read.
  static std::optional<LineReader> open(const std::filesystem::path& file);
  ~LineReader();
  LineReader(LineReader&& other) noexcept;
  LineReader& operator=(LineReader&&) = delete;

  void seek(std::uint64_t offset);
  // To a line that is known to be whole: if it was read already, it is not read again.
  void seek_whole(std::uint64_t offset);
  // The next whole line, good until another one is read; nullopt at the end and in front of a line that has
  // no end yet.
  std::optional<Line> next();

  // What stands behind the last whole line, when there is no next one.
  std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }

  int descriptor() const { return descriptor_; }
  std::uint64_t size() const;  // of the file, now
  bool in_place() const;       // the file of that name is still this one

 private:
  LineReader(int descriptor, std::filesystem::path file) : descriptor_(descriptor), file_(std::move(file)) {}
  bool fill();

  int descriptor_;
  std::filesystem::path file_;
  std::string buffer_;
  std::size_t begin_ = 0;      // of what is not told, in the buffer
  std::uint64_t offset_ = 0;   // of begin_, in the file
  bool passing_over_ = false;  // the rest of a line that is too long
};

}  // namespace gateway::journal::index
