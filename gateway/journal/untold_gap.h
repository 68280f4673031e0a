#pragma once
// What the journal lacks, until a record can tell it: in a file beside the journal that takes its room on the
// disk while there is some, so that a full disk and then a sudden end of the process hide no gap.

#include <cstdint>
#include <filesystem>
#include <optional>

#include "gateway/journal/note.h"
#include "gateway/net/descriptor.h"

namespace gateway::journal {

class UntoldGap {
 public:
  explicit UntoldGap(std::filesystem::path directory) : path_(std::move(directory) / kName) {}

  // What an earlier process could not tell any more; nothing when it told everything.  It stays in the file.
  std::optional<Gap> left();

  // Takes the room.  To be called when the disk has just taken something; costs nothing once it is there.
  void make_room();
  // Needs no more room.  Where there is none yet, it may be in vain.
  void keep(const Gap& gap);
  void clear();  // it has been told

 private:
  static constexpr const char* kName = "untold-gap.json";
  bool write(std::string_view text);

  const std::filesystem::path path_;
  net::Descriptor file_;
  std::uint64_t kept_ = 0;  // records lost, of the gap that stands in the file
};

}  // namespace gateway::journal
