#include "filters/attachments/zip.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "filters/attachments/octets.h"

namespace filters::attachments {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLocal = 30;           // octets of a header without its name
constexpr std::size_t kCentral = 46;         //
constexpr std::uint32_t kIn64 = 0xffffffff;  // the size stands in an extra field, and is over 4 GiB or a lie

class ZipReader {
 public:
  ZipReader(std::string_view archive, const TakeMember& take) : archive_(archive), take_(take) {}

  void run() {
    // First by the directories that the ends of the archive name, so that sizes are known; then whatever
    // looks like a header, wherever it is.
    for (auto at = archive_.rfind("PK\x05\x06"sv); at != archive_.npos && directories_.size() < kMostEnds;
         at = at == 0 ? archive_.npos : archive_.rfind("PK\x05\x06"sv, at - 1))
      end_record(at);
    for (auto at = archive_.find("PK"sv); at != archive_.npos && wanted_; at = archive_.find("PK"sv, at)) {
      const std::string_view mark = archive_.substr(at, 4);
      if (mark == "PK\x03\x04"sv)
        at = std::max(at + 2, local(at));
      else if (mark == "PK\x01\x02"sv)
        at = std::max<std::size_t>(at + 2, central(at, std::nullopt));
      else
        at += 2;
    }
  }

 private:
  void end_record(std::size_t at) {
    const std::uint64_t size = little32(archive_, at + 12);
    const std::uint64_t offset = little32(archive_, at + 16);
    // Offsets count from the archive's beginning, which may not be that of the file.
    const std::uint64_t base = at >= size + offset ? at - size - offset : 0;
    for (const std::uint64_t begin : {offset, base + offset}) {
      if (begin + kCentral > archive_.size() || !directories_.insert(begin).second) continue;
      std::size_t entry = static_cast<std::size_t>(begin);
      while (wanted_ && cut(archive_, entry, 4) == "PK\x01\x02"sv)
        entry = central(entry, begin == offset ? 0 : base);
    }
  }

  // An entry of a central directory; where it ends.  Without a `base` its file is left to be met.
  std::size_t central(std::size_t at, std::optional<std::uint64_t> base) {
    const std::size_t name_size = little16(archive_, at + 28);
    const std::size_t extra_size = little16(archive_, at + 30);
    const std::size_t end = at + kCentral + name_size + extra_size + little16(archive_, at + 32);
    if (!entries_.insert(at).second) return end;
    const std::string_view name = cut(archive_, at + kCentral, name_size);
    const std::uint16_t flags = little16(archive_, at + 8);
    tell({.name = name, .encrypted = is_encrypted(flags)},
         cut(archive_, at + kCentral + name_size, extra_size));
    if (!base) return end;
    const std::uint64_t file = *base + little32(archive_, at + 42);
    stated_.emplace(file, Stated{little32(archive_, at + 20), little16(archive_, at + 10)});
    if (cut(archive_, file, 4) == "PK\x03\x04"sv) local(static_cast<std::size_t>(file));
    return end;
  }

  // A header and the file behind it; where to look on.
  std::size_t local(std::size_t at) {
    const std::uint16_t flags = little16(archive_, at + 6);
    const std::size_t name_size = little16(archive_, at + 26);
    const std::size_t extra_size = little16(archive_, at + 28);
    const std::uint64_t begin = at + kLocal + name_size + extra_size;
    const std::uint16_t method = little16(archive_, at + 8);
    const auto known = stated_.find(at);
    const std::uint64_t size = known != stated_.end() && known->second.size != kIn64
                                   ? known->second.size
                                   : little32(archive_, at + 18);
    // Skipped is what another header follows: a file that is an archive itself is opened by its own reader.
    const bool sound = size != 0 && size != kIn64 && followed(begin + size);
    const std::size_t next = sound ? static_cast<std::size_t>(begin + size) : at;
    if (!files_.insert(at).second) return next;
    Member member{.name = cut(archive_, at + kLocal, name_size),
                  .encrypted = is_encrypted(flags),
                  .packing = packing(method),
                  .packed = size != 0 && size != kIn64 ? cut(archive_, begin, size) : cut(archive_, begin)};
    tell(member, cut(archive_, at + kLocal + name_size, extra_size));
    if (known == stated_.end() || known->second.method == method) return next;
    member.packing = packing(known->second.method);
    tell(member, {});
    return next;
  }

  // By another header, which a checksum and sizes may stand in front of.
  bool followed(std::uint64_t end) const {
    return cut(archive_, end, 2) == "PK"sv || cut(archive_, end + 12, 2) == "PK"sv ||
           cut(archive_, end + 20, 2) == "PK"sv;
  }

  static Member::Packing packing(std::uint16_t method) {
    return method == 0   ? Member::Packing::stored
           : method == 8 ? Member::Packing::deflated
                         : Member::Packing::other;
  }

  static bool is_encrypted(std::uint16_t flags) {
    return (flags & 0x2041) != 0;
  }  // and strong, and masked names

  // Info-ZIP's extra field 0x7075 has the name in UTF-8, which need not be the same one.
  void tell(const Member& member, std::string_view extra) {
    wanted_ = wanted_ && take_(member);
    while (wanted_ && extra.size() >= 4) {
      const std::string_view value = cut(extra, 4, little16(extra, 2));
      if (little16(extra, 0) == 0x7075 && value.size() > 5)
        wanted_ = take_({.name = value.substr(5), .encrypted = member.encrypted});
      extra = cut(extra, 4 + value.size());
    }
  }

  struct Stated {  // in a directory
    std::uint32_t size;
    std::uint16_t method;
  };
  static constexpr std::size_t kMostEnds = 16;

  const std::string_view archive_;
  const TakeMember& take_;
  bool wanted_ = true;
  std::unordered_set<std::uint64_t> directories_;  // that were read
  std::unordered_set<std::uint64_t> entries_;      // of directories
  std::unordered_set<std::uint64_t> files_;        //
  std::unordered_map<std::uint64_t, Stated> stated_;
};

}  // namespace

void read_zip(std::string_view archive, const TakeMember& take) { ZipReader(archive, take).run(); }

}  // namespace filters::attachments
