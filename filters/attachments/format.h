#pragma once
// What a file is by its content: the first octets tell.

#include <cstdint>
#include <string_view>

namespace filters::attachments {

enum class Format : std::uint8_t {
  unknown,
  // programs and what runs like one
  windows_program,
  elf,
  mach_o,
  java_class,
  script,
  shortcut,
  help,
  html_application,
  // documents
  ole2,
  rtf,
  html,
  svg,
  pdf,
  onenote,
  flash,
  // archives and images of disks
  zip,
  rar,
  seven_zip,
  gzip,
  tar,
  bzip2,
  xz,
  zstandard,
  cabinet,
  iso,
  disk_image,
  virtual_disk,
  virtual_disk_x,
  ace,
  arj,
  // the attachments of a message by Outlook
  tnef,
  // harmless, and not looked at further
  picture,
};

// How many octets from the front sniff() wants to see: an ISO image says at 32 KiB that it is one.
inline constexpr std::size_t kHead = 34 * 1024;
inline constexpr std::size_t kShortHead = 1024;  // enough for all others

Format sniff(std::string_view head);

struct About {
  Format format;
  std::string_view extension;  // of files with that content
  std::string_view also;       // other extensions they go by, separated and enclosed by blanks
  std::string_view words;      // "is …", for people
};
const About& about(Format format);

// Worth telling of: it runs.
constexpr bool runs(Format format) {
  return format >= Format::windows_program && format <= Format::html_application;
}

// "sh", "py", … of a text that begins with "#!".
std::string_view script_extension(std::string_view head);

}  // namespace filters::attachments
