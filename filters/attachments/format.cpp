#include "filters/attachments/format.h"

#include <algorithm>
#include <array>
#include <string>

#include "policy/facts/text.h"

#include "filters/attachments/octets.h"

namespace filters::attachments {
namespace {

using namespace policy::facts;
using namespace std::string_view_literals;
using enum Format;

constexpr About kAbout[] = {
    {unknown, "", "", "is of no format that is known"},
    {windows_program, "exe", "", "is a Windows program"},
    {elf, "elf", "", "is a Unix program"},
    {mach_o, "macho", "", "is a macOS program"},
    {java_class, "class", "", "is a Java class"},
    {script, "sh", "", "is a script"},
    {shortcut, "lnk", "", "is a Windows shortcut"},
    {help, "chm", "", "is a compiled help file"},
    {html_application, "hta", "", "is an HTML application"},
    {ole2, "ole", "", "is an OLE2 document"},
    {rtf, "rtf", " ", "is a rich text document"},
    {html, "html", " htm xhtml shtml hta mht mhtml xht svg xml ", "is an HTML document"},
    {svg, "svg", " svgz xml ", "is an SVG picture"},
    {pdf, "pdf", " fdf ai ", "is a PDF document"},
    {onenote, "one", " onetoc2 onepkg ", "is a OneNote section"},
    {flash, "swf", "", "is a Flash film"},
    {zip, "zip", "", "is a zip archive"},
    {rar, "rar", " r00 r01 rev cbr ", "is a RAR archive"},
    {seven_zip, "7z", " cb7 ", "is a 7z archive"},
    {gzip, "gz", " tgz gzip svgz emz wmz adz taz z ", "is gzip data"},
    {tar, "tar", " ova gem ", "is a tar archive"},
    {bzip2, "bz2", " tbz tbz2 tb2 bz dmg ", "is bzip2 data"},
    {xz, "xz", " txz ", "is xz data"},
    {zstandard, "zst", " tzst zstd ", "is Zstandard data"},
    {cabinet, "cab", " msu ", "is a cabinet archive"},
    {iso, "iso", " udf ", "is an image of a disc"},
    {disk_image, "img", " ima bin raw vfd flp ", "is an image of a disk"},
    {virtual_disk, "vhd", "", "is a virtual disk"},
    {virtual_disk_x, "vhdx", " avhdx ", "is a virtual disk"},
    {ace, "ace", "", "is an ACE archive"},
    {arj, "arj", "", "is an ARJ archive"},
    {tnef, "dat", " tnef ", "holds the attachments of a message by Outlook (TNEF)"},
    {picture, "", "", "is a picture"},
};

struct Magic {
  std::string_view octets;
  Format format;
};

constexpr Magic kMagic[] = {
    {"PK\x03\x04"sv, zip},
    {"PK\x05\x06"sv, zip},
    {"PK00PK\x03\x04"sv, zip},  // of an archive that was meant to span several disks
    {"PK\x07\x08PK\x03\x04"sv, zip},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, ole2},
    {"\x7f"
     "ELF"sv,
     elf},
    {"\xfe\xed\xfa\xce"sv, mach_o},
    {"\xfe\xed\xfa\xcf"sv, mach_o},
    {"\xce\xfa\xed\xfe"sv, mach_o},
    {"\xcf\xfa\xed\xfe"sv, mach_o},
    {"\x4c\x00\x00\x00\x01\x14\x02\x00"sv, shortcut},
    {"ITSF"sv, help},
    {"Rar!\x1a\x07"sv, rar},
    {"RE\x7e\x5e"sv, rar},  // before version 1.5
    {"7z\xbc\xaf\x27\x1c"sv, seven_zip},
    {"\x1f\x8b"sv, gzip},
    {"\xfd"
     "7zXZ\x00"sv,
     xz},
    {"\x28\xb5\x2f\xfd"sv, zstandard},
    {"MSCF\x00\x00\x00\x00"sv, cabinet},
    {"conectix"sv, virtual_disk},
    {"vhdxfile"sv, virtual_disk_x},
    {"{\\rt"sv, rtf},
    {"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"sv, onenote},
    {"\x60\xea"sv, arj},
    {"\x78\x9f\x3e\x22"sv, tnef},
    {"\x89PNG\r\n\x1a\n"sv, picture},
    {"\xff\xd8\xff"sv, picture},
    {"GIF8"sv, picture},
};

bool is_control(char c) { return (c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f; }

// Two letters, so a text may begin with them: a program has a header behind them that is none.
bool is_dos_program(std::string_view head) {
  if (!head.starts_with("MZ") && !head.starts_with("ZM")) return false;
  return std::ranges::any_of(head.substr(2, 62), is_control);
}

// An universal binary shares its first octets with a Java class, whose version is 45 or more.
Format cafebabe(std::string_view head) {
  if (!head.starts_with("\xca\xfe\xba\xbe")) return unknown;
  return big32(head, 4) < 45 ? mach_o : java_class;
}

// Short words whose next octet is one no text has there.
Format short_word(std::string_view head) {
  const bool film = head.starts_with("FWS") || head.starts_with("CWS") || head.starts_with("ZWS");
  if (film && octet(head, 3) != 0 && octet(head, 3) < '0') return flash;
  return head.starts_with("BZh") && head.substr(4, 3) == "1AY" ? bzip2 : unknown;
}

bool is_tar(std::string_view head) {
  if (head.size() < 512) return false;
  if (head.substr(257, 5) == "ustar") return true;
  // Older ones only have a sum over the header, with blanks for the sum itself.
  unsigned sum = 0;
  unsigned stated = 0;
  for (std::size_t i = 0; i < 512; ++i)
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(head[i]);
  bool digits = false;
  for (const char c : head.substr(148, 8)) {
    if (c >= '0' && c <= '7') {
      stated = stated * 8 + static_cast<unsigned>(c - '0');
      digits = true;
    } else if (c != ' ' && c != '\0') {
      return false;
    }
  }
  return digits && sum == stated && head.front() != '\0';
}

bool is_disk(std::string_view head) {
  if (head.size() < 512 || head.substr(510, 2) != "\x55\xaa") return false;
  const bool boots = head.starts_with("\xeb") || head.starts_with("\xe9") || head.starts_with("\x33\xc0") ||
                     head.starts_with("\xfa");
  return boots || little32(head, 446) != 0;  // code, or a table of partitions
}

bool is_disc(std::string_view head) {
  const std::string_view volume = head.size() >= 0x8006 ? head.substr(0x8001, 5) : std::string_view();
  return volume == "CD001" || volume == "BEA01" || volume == "NSR02" || volume == "NSR03";
}

// Text formats, behind a byte order mark and white space.
Format text_format(std::string_view head) {
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  if (head.starts_with("#!")) return script;
  head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
  if (!head.starts_with('<')) return unknown;
  const std::string text = to_lower(head.substr(0, kShortHead));
  if (text.find("<hta:application") != text.npos) return html_application;
  if (text.find("<svg") != text.npos && text.find("<html") == text.npos) return svg;
  for (const std::string_view start : {"<!doctype html", "<html", "<script", "<head", "<body", "<meta"})
    if (text.starts_with(start)) return html;
  return unknown;
}

}  // namespace

Format sniff(std::string_view head) {
  for (const Magic& magic : kMagic)
    if (head.starts_with(magic.octets)) return magic.format;
  if (is_dos_program(head)) return windows_program;
  if (const Format format = cafebabe(head); format != unknown) return format;
  if (const Format format = short_word(head); format != unknown) return format;
  if (head.size() > 14 && head.substr(7, 7) == "**ACE**") return ace;
  if (head.substr(0, kShortHead).find("%PDF-") != head.npos) return pdf;
  if (is_tar(head)) return tar;
  if (is_disc(head)) return iso;
  if (is_disk(head)) return disk_image;
  return text_format(head);
}

const About& about(Format format) { return kAbout[static_cast<std::size_t>(format)]; }

std::string_view script_extension(std::string_view head) {
  static constexpr std::array kInterpreters{
      std::pair{"python"sv, "py"sv}, std::pair{"perl"sv, "pl"sv},       std::pair{"ruby"sv, "rb"sv},
      std::pair{"php"sv, "php"sv},   std::pair{"node"sv, "js"sv},       std::pair{"osascript"sv, "scpt"sv},
      std::pair{"pwsh"sv, "ps1"sv},  std::pair{"powershell"sv, "ps1"sv}};
  const std::string_view line = head.substr(0, std::min<std::size_t>(head.find('\n'), 200));
  for (const auto& [program, extension] : kInterpreters)
    if (line.find(program) != line.npos) return extension;
  return "sh";
}

}  // namespace filters::attachments
