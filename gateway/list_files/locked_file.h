#pragma once
// A file that several people and programs change, one after the other, while others read it: whoever reads
// sees the old text or the new one, whole.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/delivery/disk.h"
#include "gateway/vocabulary.h"

namespace gateway::list_files {

class LockedFile {
 public:
  using Path = std::filesystem::path;

  // Waits up to half a minute for others to finish.  A link is followed; a file that is not there is an empty
  // one, and gets that mode.
  static Result<std::unique_ptr<LockedFile>> open(const Path& file, delivery::Disk& disk,
                                                  unsigned mode_of_new = 0644);
  ~LockedFile();
  LockedFile(const LockedFile&) = delete;
  LockedFile& operator=(const LockedFile&) = delete;

  const std::string& text() const { return text_; }
  bool is_new() const { return is_new_; }
  // Puts the new text in the old one's place: safe on the disk, with the same owner, mode and access list.
  // After an error the file is as it was, but where the error says that it may not be.
  Result<void> replace(std::string_view text);

 private:
  LockedFile(Path file, delivery::Disk& disk, unsigned mode_of_new)
      : file_(std::move(file)), disk_(disk), mode_of_new_(mode_of_new) {}
  Result<void> lock();
  Result<void> dress(int descriptor) const;

  const Path file_;
  delivery::Disk& disk_;
  const unsigned mode_of_new_;
  int lock_ = -1;
  std::string text_;
  bool is_new_ = false;
};

}  // namespace gateway::list_files
