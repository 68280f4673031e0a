#include "filters/attachments/ole2.h"

#include <algorithm>
#include <utility>

#include "policy/facts/text.h"

#include "filters/attachments/octets.h"
#include "filters/attachments/ole2_file.h"

namespace filters::attachments {
namespace {

using namespace policy::facts;
using namespace std::string_view_literals;

struct Known {
  std::string_view entry;
  std::string_view extension;
  std::string_view also;
  std::string_view words;
};
constexpr Known kKnown[] = {
    {"WordDocument", "doc", " dot wbk wiz wps ", "is a Word document"},
    {"Workbook", "xls", " xlt xla xlm xlw xlb et ", "is an Excel workbook"},
    {"Book", "xls", " xlt xla xlm xlw xlb et ", "is an Excel workbook"},
    {"PowerPoint Document", "ppt", " pot pps ppa dps ", "is a PowerPoint presentation"},
    {"VisioDocument", "vsd", " vss vst vdw ", "is a Visio drawing"},
    {"Quill", "pub", "", "is a Publisher document"},
    {"__properties_version1.0", "msg", " oft ", "is a message saved by Outlook"},
};

constexpr std::string_view kInstaller =
    "\x84\x10\x0c\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"sv;  // {000C1084-…}, [MS-CFB] class id

// RC4 and XOR in the workbook's first records, and a sheet of Excel 4 macros.  [MS-XLS] 2.4.28, 2.4.117
void look_at_workbook(std::string_view records, Ole2& found) {
  constexpr std::uint16_t kEof = 0x0a;
  constexpr std::uint16_t kFilePass = 0x2f;
  constexpr std::uint16_t kBoundSheet = 0x85;
  while (records.size() >= 4) {
    const std::uint16_t type = little16(records, 0);
    const std::size_t size = little16(records, 2);
    if (type == kEof) return;
    if (type == kFilePass) found.encrypted = true;
    if (type == kBoundSheet && size >= 6 && octet(records, 9) == 1) found.macros = true;
    records = cut(records, 4 + size);
  }
}

// The atom behind a container of its own says whether there are macros.  [MS-PPT] 2.4.10
bool has_powerpoint_macros(std::string_view file) {
  constexpr auto kContainer = "\x1f\x00\xff\x03\x14\x00\x00\x00"sv;
  for (auto at = file.find(kContainer); at != file.npos; at = file.find(kContainer, at + 1))
    if (little32(file, at + 8 + 8 + 4) != 0) return true;
  return false;
}

// A file in a document, with the name it had and where it came from.  [MS-OLEDS] 2.3.6
void tell_package(std::string_view stream, const TakeMember& take) {
  std::size_t at = 6;
  std::string_view content = cut(stream, at);
  for (int names = 0; names < 2; ++names) {
    const auto end = content.find('\0');
    if (end == content.npos || end > 1024) break;
    take({.name = content.substr(0, end)});
    content.remove_prefix(end + 1);
  }
  const std::size_t path = little32(content, 4);  // where the copy was, with its length
  const std::string_view data = cut(content, 8 + path + 4, little32(content, 8 + path));
  if (!data.empty()) take({.packing = Member::Packing::stored, .packed = data});
}

std::string from_utf16(std::string_view octets) {
  std::string out;
  for (std::size_t i = 0; i + 1 < octets.size(); i += 2) out += octets[i + 1] == '\0' ? octets[i] : '?';
  return out;
}

class Reader {
 public:
  Reader(std::string_view data, const TakeMember& take) : data_(data), file_(data), take_(take) {}

  Ole2 run() {
    found_.extension = "ole";
    found_.words = "is an OLE2 document";
    found_.whole = file_.whole();
    for (const Ole2Entry& entry : file_.entries()) look_at(entry);
    return found_;
  }

 private:
  void look_at(const Ole2Entry& entry) {
    const std::string& name = entry.name;
    for (const Known& known : kKnown)
      if (equal_nocase(name, known.entry) && found_.extension == "ole") {
        found_.extension = known.extension;
        found_.also = known.also;
        found_.words = known.words;
      }
    if (entry.kind == Ole2Entry::Kind::root) {
      if (entry.class_id != kInstaller) return;
      found_.extension = "msi";
      found_.also = " msp mst msm ";
      found_.words = "is a Windows installer package";
    }
    if (equal_nocase(name, "VBA") || equal_nocase(name, "_VBA_PROJECT_CUR") ||
        equal_nocase(name, "_VBA_PROJECT"))
      found_.macros = true;
    if (entry.kind == Ole2Entry::Kind::stream) look_at_stream(entry);
  }

  void look_at_stream(const Ole2Entry& entry) {
    const std::string& name = entry.name;
    if (equal_nocase(name, "EncryptedPackage")) {
      found_.encrypted = true;
      found_.words = "is an encrypted Office document";
    } else if (equal_nocase(name, "EncryptedSummary")) {
      found_.encrypted = true;
    } else if (equal_nocase(name, "WordDocument")) {
      const std::string head = read(entry, 32);
      found_.encrypted = found_.encrypted || (little16(head, 10) & 0x100) != 0;  // fEncrypted, [MS-DOC] 2.5.1
    } else if (equal_nocase(name, "Workbook") || equal_nocase(name, "Book")) {
      look_at_workbook(read(entry, kMostRecords), found_);
    } else if (equal_nocase(name, "PowerPoint Document")) {
      if (!std::exchange(presentation_, true)) found_.macros = found_.macros || has_powerpoint_macros(data_);
    } else if (equal_nocase(name, "Current User")) {
      found_.encrypted = found_.encrypted || little32(read(entry, 32), 12) == 0xf3d1c4df;  // [MS-PPT] 2.3.2
    } else if (equal_nocase(name, "\1Ole10Native")) {
      tell_package(read(entry, data_.size()), take_);
    } else if (equal_nocase(name, "Package") || starts_with_nocase(name, "__substg1.0_37010102")) {
      const std::string content = read(entry, data_.size());
      take_({.packing = Member::Packing::stored, .packed = content});
    } else if (starts_with_nocase(name, "__substg1.0_3707001F") ||
               starts_with_nocase(name, "__substg1.0_3704001F")) {
      take_({.name = from_utf16(read(entry, kMostName))});
    } else if (starts_with_nocase(name, "__substg1.0_3707001E") ||
               starts_with_nocase(name, "__substg1.0_3704001E")) {
      take_({.name = read(entry, kMostName)});
    }
  }

  // No more is read in all than streams could hold that share no sector.
  std::string read(const Ole2Entry& stream, std::size_t most) {
    std::string content = file_.read(stream, std::min(most, left_));
    if (content.size() == left_ && left_ < most) found_.whole = false;
    left_ -= content.size();
    return content;
  }

  static constexpr std::size_t kMostRecords = 1 << 20;  // of a workbook's globals, which come first
  static constexpr std::size_t kMostName = 1024;

  const std::string_view data_;
  const Ole2File file_;
  const TakeMember& take_;
  std::size_t left_ = data_.size() + kMostRecords;
  bool presentation_ = false;
  Ole2 found_;
};

}  // namespace

Ole2 read_ole2(std::string_view file, const TakeMember& take) { return Reader(file, take).run(); }

}  // namespace filters::attachments
