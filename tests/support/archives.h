#pragma once
// Archives and documents made octet by octet, sound ones and others.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace support {

std::string deflated(std::string_view octets);  // RFC 1951
std::string gzipped(std::string_view octets, const std::string& name = {});

struct ZipEntry {
  std::string name;  // in the directory, and in front of the file unless that has another
  std::string content = "text";
  std::uint16_t method = 0;  // 0 stored, 8 deflated; others are said and not done
  std::uint16_t flags = 0;   // 1 encrypted
  std::string local_name = {};
  std::string unicode_name = {};  // in an extra field
  bool size_behind = false;       // in a data descriptor
  bool listed = true;             // in the directory
  bool only_listed = false;       // there is no file
  int listed_method = -1;         // other than in front of the file
};
std::string zip_of(const std::vector<ZipEntry>& entries, const std::string& prefix = {},
                   const std::string& comment = {});
// What makes a zip archive a Word document, and more.
std::string docx_of(std::vector<ZipEntry> more = {});

struct Ole2Stream {
  std::string name;
  std::string content = {};
  bool storage = false;
};
std::string ole2_of(const std::vector<Ole2Stream>& streams, std::string_view class_id = {});
// A stream by which a document holds a file.
std::string ole10_native(const std::string& name, const std::string& content);

struct RarEntry {
  std::string name;
  std::string content = "text";
  bool stored = true;
  bool encrypted = false;
};
std::string rar4_of(const std::vector<RarEntry>& entries, bool names_encrypted = false);
std::string rar5_of(const std::vector<RarEntry>& entries, bool names_encrypted = false);

struct TarEntry {
  std::string name;
  std::string content = "text";
  char type = '0';
};
std::string tar_of(const std::vector<TarEntry>& entries);

std::string cabinet_of(const std::vector<std::string>& names);
// With a header that is not packed.
std::string seven_zip_of(const std::vector<std::string>& names, bool encrypted = false);
std::string tnef_of(const std::string& name, const std::string& content);
std::string windows_program();  // enough of one to be known

std::string base64(std::string_view octets, std::size_t line = 76);
std::string quoted_printable(std::string_view octets);
std::string uuencoded(std::string_view octets, const std::string& name);

}  // namespace support
