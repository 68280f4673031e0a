#pragma once
// A whole file, read with a bound; nothing that has no end or would hold us.

#include <filesystem>
#include <string>

#include "policy/facts/result.h"
#include "policy/file_stamp.h"

namespace policy {

struct OrdinaryFile {
  std::string text;
  FileStamp stamp;         // before it was read
  bool unsettled = false;  // it changed while it was read
};

// The error says why it cannot be read: "it is a directory".  `most`: octets, a multiple of 1 MiB.
Result<OrdinaryFile> read_ordinary_file(const std::filesystem::path& path, std::size_t most);
// Of a file that is larger only its first octets, to the end of a line.
Result<OrdinaryFile> read_beginning(const std::filesystem::path& path, std::size_t octets);

}  // namespace policy
