#include "tests/support/archives.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <stdexcept>

namespace support {
namespace {

void put16(std::string& out, std::uint64_t value) {
  out += static_cast<char>(value & 0xff);
  out += static_cast<char>(value >> 8 & 0xff);
}
void put32(std::string& out, std::uint64_t value) {
  put16(out, value & 0xffff);
  put16(out, value >> 16 & 0xffff);
}
void put64(std::string& out, std::uint64_t value) {
  put32(out, value & 0xffffffff);
  put32(out, value >> 32);
}

std::string packed_by(std::string_view octets, int window) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflateInit2");
  std::string out(deflateBound(&stream, octets.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
  stream.avail_in = static_cast<uInt>(octets.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("deflate");
  return out;
}

std::string vint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
  return out;
}

std::string utf16(const std::string& ascii) {
  std::string out;
  for (const char c : ascii) put16(out, static_cast<unsigned char>(c));
  return out;
}

}  // namespace

std::string deflated(std::string_view octets) { return packed_by(octets, -MAX_WBITS); }

std::string gzipped(std::string_view octets, const std::string& name) {
  std::string out = "\x1f\x8b\x08";
  out += static_cast<char>(name.empty() ? 0 : 8);
  out += std::string(6, '\0');
  if (!name.empty()) out += name + '\0';
  out += deflated(octets);
  put32(out, crc32(0, reinterpret_cast<const Bytef*>(octets.data()), static_cast<uInt>(octets.size())));
  put32(out, octets.size());
  return out;
}

std::string zip_of(const std::vector<ZipEntry>& entries, const std::string& prefix,
                   const std::string& comment) {
  std::string out = prefix;
  std::string directory;
  std::size_t listed = 0;
  for (const ZipEntry& entry : entries) {
    const std::string packed = entry.method == 8 ? deflated(entry.content) : entry.content;
    std::string extra;
    if (!entry.unicode_name.empty()) {
      put16(extra, 0x7075);
      put16(extra, 5 + entry.unicode_name.size());
      extra += std::string(5, '\1') + entry.unicode_name;
    }
    const std::size_t offset = out.size() - prefix.size();
    const std::string& local = entry.local_name.empty() ? entry.name : entry.local_name;
    const std::uint16_t flags = static_cast<std::uint16_t>(entry.flags | (entry.size_behind ? 8 : 0));
    if (!entry.only_listed) {
      out += "PK\x03\x04";
      put16(out, 20);
      put16(out, flags);
      put16(out, entry.method);
      put32(out, 0);
      put32(out, 0);
      put32(out, entry.size_behind ? 0 : packed.size());
      put32(out, entry.size_behind ? 0 : entry.content.size());
      put16(out, local.size());
      put16(out, extra.size());
      out += local + extra + packed;
      if (entry.size_behind) {
        out += "PK\x07\x08";
        put32(out, 0);
        put32(out, packed.size());
        put32(out, entry.content.size());
      }
    }
    if (!entry.listed) continue;
    ++listed;
    directory += "PK\x01\x02";
    put16(directory, 20);
    put16(directory, 20);
    put16(directory, flags);
    put16(directory,
          entry.listed_method >= 0 ? static_cast<std::uint16_t>(entry.listed_method) : entry.method);
    put32(directory, 0);
    put32(directory, 0);
    put32(directory, packed.size());
    put32(directory, entry.content.size());
    put16(directory, entry.name.size());
    put16(directory, extra.size());
    put16(directory, 0);
    put16(directory, 0);
    put16(directory, 0);
    put32(directory, 0);
    put32(directory, offset);
    directory += entry.name + extra;
  }
  const std::size_t begin = out.size() - prefix.size();
  out += directory + "PK\x05\x06";
  put32(out, 0);
  put16(out, listed);
  put16(out, listed);
  put32(out, directory.size());
  put32(out, begin);
  put16(out, comment.size());
  return out + comment;
}

std::string docx_of(std::vector<ZipEntry> more) {
  std::vector<ZipEntry> entries{{.name = "[Content_Types].xml", .content = "<Types/>", .method = 8},
                                {.name = "_rels/.rels", .content = "<Relationships/>", .method = 8},
                                {.name = "word/document.xml", .content = "<w:document/>", .method = 8},
                                {.name = "word/media/image1.png", .content = "\x89PNG\r\n\x1a\n"}};
  std::ranges::move(more, std::back_inserter(entries));
  return zip_of(entries);
}

std::string ole2_of(const std::vector<Ole2Stream>& streams, std::string_view class_id) {
  constexpr std::size_t kSector = 512;
  constexpr std::uint32_t kEnd = 0xfffffffe;
  constexpr std::uint32_t kFatSector = 0xfffffffd;
  std::string sectors;
  std::vector<std::uint32_t> fat;
  const auto store = [&](std::string content) {  // as a chain; its first sector
    if (content.empty()) return kEnd;
    const auto first = static_cast<std::uint32_t>(fat.size());
    content.resize((content.size() + kSector - 1) / kSector * kSector, '\0');
    for (std::size_t i = 0; i < content.size() / kSector; ++i)
      fat.push_back(static_cast<std::uint32_t>(fat.size() + 1));
    fat.back() = kEnd;
    sectors += content;
    return first;
  };
  std::string small;
  std::string small_fat;
  std::string directory;
  const auto entry = [&](const std::string& name, char kind, std::uint32_t start, std::size_t size) {
    std::string one = utf16(name.substr(0, 31));
    const std::size_t length = one.size() + 2;
    one.resize(64, '\0');
    put16(one, length);
    one += kind;
    one += std::string(13, '\xff');
    std::string id(kind == 5 ? class_id : std::string_view());
    id.resize(16, '\0');
    one += id + std::string(20, '\0');
    put32(one, start);
    put64(one, size);
    return one;
  };
  for (const Ole2Stream& stream : streams) {
    if (stream.storage) {
      directory += entry(stream.name, 1, 0, 0);
    } else if (stream.content.size() >= 4096) {
      directory += entry(stream.name, 2, store(stream.content), stream.content.size());
    } else {
      const std::size_t first = small.size() / 64;
      small += stream.content;
      small.resize((small.size() + 63) / 64 * 64, '\0');
      for (std::size_t i = first; i + 1 < small.size() / 64; ++i) put32(small_fat, i + 1);
      if (small.size() / 64 > first) put32(small_fat, kEnd);
      directory += entry(stream.name, 2, static_cast<std::uint32_t>(first), stream.content.size());
    }
  }
  const std::size_t small_size = small.size();
  const std::uint32_t small_start = store(small);
  directory = entry("Root Entry", 5, small_start, small_size) + directory;
  const std::uint32_t small_fat_start = store(small_fat);
  const std::uint32_t directory_start = store(directory);
  const std::size_t fat_sectors = (fat.size() + 127) / 127;  // with room for themselves
  const std::size_t fat_start = fat.size();
  for (std::size_t i = 0; i < fat_sectors; ++i) fat.push_back(kFatSector);
  for (const std::uint32_t one : fat) put32(sectors, one);
  sectors.resize((sectors.size() + kSector - 1) / kSector * kSector, '\xff');

  std::string header = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + std::string(16, '\0');
  put16(header, 0x3e);
  put16(header, 3);
  put16(header, 0xfffe);
  put16(header, 9);
  put16(header, 6);
  header += std::string(10, '\0');
  put32(header, fat_sectors);
  put32(header, directory_start);
  put32(header, 0);
  put32(header, 4096);
  put32(header, small_fat_start);
  put32(header, 1);
  put32(header, kEnd);
  put32(header, 0);
  for (std::size_t i = 0; i < 109; ++i) put32(header, i < fat_sectors ? fat_start + i : 0xffffffff);
  return header + sectors;
}

std::string ole10_native(const std::string& name, const std::string& content) {
  std::string out;
  put32(out, 0);
  put16(out, 2);
  out += name + '\0' + "C:\\x\\" + name + '\0';
  put32(out, 0x30000);
  const std::string path = "C:\\Temp\\" + name + '\0';
  put32(out, path.size());
  out += path;
  put32(out, content.size());
  return out + content;
}

std::string rar4_of(const std::vector<RarEntry>& entries, bool names_encrypted) {
  std::string out("Rar!\x1a\x07\x00", 7);
  const auto block = [&](char type, std::uint16_t flags, const std::string& body) {
    put16(out, 0);
    out += type;
    put16(out, flags);
    put16(out, 7 + body.size());
    out += body;
  };
  block('\x73', names_encrypted ? 0x80 : 0, std::string(6, '\0'));
  if (names_encrypted) return out + "nothing to be seen";
  for (const RarEntry& entry : entries) {
    std::string body;
    put32(body, entry.content.size());
    put32(body, entry.content.size());
    body += std::string(9, '\0');
    body += '\x1d';
    body += entry.stored ? '\x30' : '\x33';
    put16(body, entry.name.size());
    put32(body, 0);
    block('\x74', static_cast<std::uint16_t>(0x8000 | (entry.encrypted ? 4 : 0)), body + entry.name);
    out += entry.content;
  }
  block('\x7b', 0, {});
  return out;
}

std::string rar5_of(const std::vector<RarEntry>& entries, bool names_encrypted) {
  std::string out("Rar!\x1a\x07\x01\x00", 8);
  const auto block = [&](const std::string& header) {
    out += std::string(4, '\1') + vint(header.size()) + header;
  };
  if (names_encrypted) {
    block(vint(4) + vint(0) + std::string(20, '\2'));
    return out + "nothing to be seen";
  }
  block(vint(1) + vint(0) + vint(0));
  for (const RarEntry& entry : entries) {
    const std::string extra = entry.encrypted ? vint(3) + vint(1) + vint(0) + vint(0) : std::string();
    std::string header = vint(2) + vint(2 | (extra.empty() ? 0 : 1));
    if (!extra.empty()) header += vint(extra.size());
    header += vint(entry.content.size());
    header += vint(0) + vint(entry.content.size()) + vint(0) + vint(entry.stored ? 0 : 3 << 7) + vint(0);
    header += vint(entry.name.size()) + entry.name + extra;
    block(header);
    out += entry.content;
  }
  return out;
}

std::string tar_of(const std::vector<TarEntry>& entries) {
  std::string out;
  for (const TarEntry& entry : entries) {
    std::string header = entry.name.substr(0, 99);
    header.resize(100, '\0');
    header += fmt::format("{:07o}", 0644) + '\0' + fmt::format("{:07o}", 0) + '\0' +
              fmt::format("{:07o}", 0) + '\0';
    header += fmt::format("{:011o}", entry.content.size()) + '\0' + fmt::format("{:011o}", 0) + '\0';
    header += std::string(8, ' ');
    header += entry.type;
    header += std::string(100, '\0') + "ustar" + '\0' + "00";
    header.resize(512, '\0');
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    header.replace(148, 8, fmt::format("{:06o}", sum) + '\0' + ' ');
    out += header + entry.content;
    out.resize((out.size() + 511) / 512 * 512, '\0');
  }
  return out + std::string(1024, '\0');
}

std::string cabinet_of(const std::vector<std::string>& names) {
  std::string out("MSCF\0\0\0\0", 8);
  put32(out, 0);
  put32(out, 0);
  put32(out, 36);  // where the files are listed
  put32(out, 0);
  put16(out, 0x0103);
  put16(out, 1);
  put16(out, names.size());
  put16(out, 0);
  put32(out, 0);
  for (const std::string& name : names) {
    put32(out, 4);
    put32(out, 0);
    put32(out, 0);
    put32(out, 0x20);
    out += name + '\0';
  }
  return out;
}

std::string seven_zip_of(const std::vector<std::string>& names, bool encrypted) {
  std::string listed(1, '\0');
  for (const std::string& name : names) listed += utf16(name) + std::string(2, '\0');
  std::string header = "\x01\x04\x06";
  if (encrypted) header += "\x24\x06\xf1\x07\x01";
  header += std::string("\x05\x01\x11", 3);
  header += static_cast<char>(listed.size());
  header += listed + std::string(2, '\0');
  std::string out("7z\xbc\xaf\x27\x1c\x00\x04\0\0\0\0", 12);
  put64(out, 0);
  put64(out, header.size());
  put32(out, 0);
  return out + header;
}

std::string tnef_of(const std::string& name, const std::string& content) {
  std::string out;
  put32(out, 0x223e9f78);
  put16(out, 1);
  const auto attribute = [&](std::uint32_t id, const std::string& value) {
    out += '\2';
    put32(out, id);
    put32(out, value.size());
    out += value;
    put16(out, 0);
  };
  attribute(0x00018010, name + '\0');
  attribute(0x0006800f, content);
  return out;
}

std::string windows_program() {
  std::string out("MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", 16);
  out.resize(0x80, '\0');
  out += std::string("PE\0\0", 4);
  out.resize(512, '\0');
  return out;
}

std::string base64(std::string_view octets, std::size_t line) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < octets.size() ? static_cast<unsigned char>(octets[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= octets.size() - i ? kAlphabet[group >> (18 - 6 * k) & 63] : '=';
      if (++column == line) {
        out += "\r\n";
        column = 0;
      }
    }
  }
  return out + "\r\n";
}

std::string quoted_printable(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    out += fmt::format("={:02X}", static_cast<unsigned char>(c));
    if (out.size() % 75 > 71) out += "=\r\n";
  }
  return out + "\r\n";
}

std::string uuencoded(std::string_view octets, const std::string& name) {
  std::string out = "begin 644 " + name + "\r\n";
  while (!octets.empty()) {
    const std::string_view line = octets.substr(0, 45);
    out += static_cast<char>(' ' + line.size());
    for (std::size_t i = 0; i < line.size(); i += 3) {
      std::uint32_t group = 0;
      for (std::size_t k = 0; k < 3; ++k)
        group = group << 8 | (i + k < line.size() ? static_cast<unsigned char>(line[i + k]) : 0u);
      for (int shift = 18; shift >= 0; shift -= 6) {
        const std::uint32_t six = group >> shift & 63;
        out += static_cast<char>(six == 0 ? '`' : ' ' + six);
      }
    }
    out += "\r\n";
    octets.remove_prefix(line.size());
  }
  return out + "`\r\nend\r\n";
}

}  // namespace support
