#pragma once
// The sectors and the directory of an OLE2 compound file.  [MS-CFB]; total, each sector is visited once per
// stream.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace filters::attachments {

struct Ole2Entry {
  enum class Kind : std::uint8_t { storage = 1, stream = 2, root = 5 };
  std::string name;  // in ASCII, other characters as "?"
  Kind kind = Kind::stream;
  std::uint32_t start = 0;
  std::uint64_t size = 0;
  std::string class_id;  // 16 octets
};

class Ole2File {
 public:
  explicit Ole2File(std::string_view file);

  const std::vector<Ole2Entry>& entries() const { return entries_; }
  bool whole() const { return whole_; }
  // The first `most` octets of a stream, as far as its chain goes.
  std::string read(const Ole2Entry& stream, std::size_t most) const;

 private:
  std::string_view sector(std::uint32_t number) const;
  std::uint32_t next(std::uint32_t sector) const;  // in its chain
  void read_fat();
  void read_directory();
  std::string read_chain(std::uint32_t start, std::size_t most) const;

  std::string_view file_;
  unsigned shift_ = 9;
  std::vector<std::string_view> fat_;  // its sectors
  std::vector<Ole2Entry> entries_;
  std::string small_;      // the stream in which small ones lie
  std::string small_fat_;  //
  bool whole_ = true;
};

}  // namespace filters::attachments
