// What a file is by its content, and what it holds.
#include <gtest/gtest.h>

#include "filters/attachments/format.h"
#include "tests/support/archives.h"
#include "tests/support/attachment_bench.h"
#include "tests/support/named.h"

namespace filters::attachments {
namespace {

using namespace std::string_literals;
using namespace support;

struct Case {
  std::string name;
  std::string file;  // what it is called
  std::string octets;
  std::string found;
};
POSTERN_NAMED(Case)

class Content : public testing::TestWithParam<Case> {};

TEST_P(Content, IsKnown) {
  EXPECT_EQ(found_in(with_attachment(GetParam().file, GetParam().octets)), GetParam().found);
}

const std::string kExe = windows_program();

std::string padded(std::string octets, std::size_t size) {
  octets.resize(size, '\0');
  return octets;
}

std::string workbook(const std::string& records) {
  return ole2_of({{.name = "Workbook", .content = padded(records, 5000)}});
}

std::string iso_image() {
  std::string out(0x8800, '\0');
  return out.replace(0x8001, 5, "CD001");
}

std::string nested_zips(int depth, std::string inner, std::uint16_t method) {
  for (int i = 0; i < depth; ++i) inner = zip_of({{.name = "inner.zip", .content = inner, .method = method}});
  return inner;
}

std::string onenote() {
  return "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"s + std::string(100, 'x') +
         "\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac"s + "\0\2\0\0\0\0\0\0"s +
         std::string(12, '\0') + kExe;
}

INSTANTIATE_TEST_SUITE_P(
    Programs, Content,
    testing::Values(Case{"a Windows program", "a.txt", kExe, "txt exe"},
                    Case{"a Windows program by its right name", "a.exe", kExe, "exe"},
                    Case{"a library", "a.dll", kExe, "dll exe"},
                    Case{"a text that begins like one", "a.txt",
                         "MZ is not a program, it is a text of some length, is it not?", "txt"},
                    Case{"ELF", "a",
                         "\x7f"
                         "ELF\2\1\1"s,
                         "elf"},
                    Case{"Mach-O", "a", "\xcf\xfa\xed\xfe\7\0\0\1"s, "macho"},
                    Case{"universal Mach-O", "a", "\xca\xfe\xba\xbe\0\0\0\2"s, "macho"},
                    Case{"Java class", "a", "\xca\xfe\xba\xbe\0\0\0\x34"s, "class"},
                    Case{"shell script", "a", "#!/bin/sh\necho\n", "sh"},
                    Case{"Python script", "a.txt", "#!/usr/bin/env python3\n", "txt py"},
                    Case{"shortcut", "a.txt", "\x4c\0\0\0\x01\x14\x02\0\0\0"s, "txt lnk"},
                    Case{"compiled help", "a", "ITSF\3\0\0\0"s, "chm"},
                    Case{"HTML application", "a.txt", "<html><HTA:APPLICATION id=x>", "txt hta"},
                    Case{"HTML", "a.txt", "\xef\xbb\xbf \r\n<!DOCTYPE html><html>", "txt html"},
                    Case{"HTML by its right name", "a.htm", "<html>", "htm"},
                    Case{"SVG", "a.png", "<?xml version='1.0'?><svg>", "png svg"},
                    Case{"Flash", "a", "CWS\x0a...."s, "swf"},
                    Case{"rich text", "a.doc", "{\\rtf1 x}", "doc rtf"},
                    Case{"a picture", "a.jpg", "\xff\xd8\xff\xe0"s, "jpg"},
                    Case{"nothing", "a.dat", "", "dat"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

INSTANTIATE_TEST_SUITE_P(
    Documents, Content,
    testing::Values(
        Case{"PDF", "a", "%PDF-1.7\ntrailer <</Root 1 0 R>>", "pdf"},
        Case{"PDF behind rubbish", "a.pdf", std::string(600, 'x') + "%PDF-1.4", "pdf"},
        Case{"encrypted PDF", "a.pdf", "%PDF-1.7\ntrailer <</Encrypt 5 0 R>>", "pdf | ENCRYPTED"},
        Case{"PDF that says the metadata are not", "a.pdf", "%PDF-1.7\n<</EncryptMetadata false>>", "pdf"},
        Case{"Word, older", "a.doc", ole2_of({{.name = "WordDocument", .content = padded("x", 5000)}}),
             "doc"},
        Case{"Word, older, under another name", "a.pdf", ole2_of({{.name = "WordDocument"}}), "pdf doc"},
        Case{"Word, older, encrypted", "a.doc",
             ole2_of({{.name = "WordDocument", .content = padded("\xec\xa5\xc1\0\0\0\0\0\0\0\0\1"s, 5000)}}),
             "doc | ENCRYPTED"},
        Case{"Word, older, macros", "a.doc",
             ole2_of({{.name = "WordDocument"},
                      {.name = "Macros", .storage = true},
                      {.name = "VBA", .storage = true}}),
             "doc | MACROS"},
        Case{"a storage in capitals", "a.doc",
             ole2_of({{.name = "WordDocument"}, {.name = "vba", .storage = true}}), "doc | MACROS"},
        Case{"Excel, older", "a.xls", workbook("\x09\x08\0\0\x0a\0\0\0"s), "xls"},
        Case{"Excel, older, a sheet of macros", "a.xls",
             workbook("\x09\x08\0\0\x85\0\x08\0\0\0\0\0\0\1\1S\x0a\0\0\0"s), "xls | MACROS"},
        Case{"Excel, older, encrypted", "a.xls", workbook("\x09\x08\0\0\x2f\0\2\0xx\x0a\0\0\0"s),
             "xls | ENCRYPTED"},
        Case{
            "PowerPoint, older, macros", "a.ppt",
            ole2_of({{.name = "PowerPoint Document",
                      .content = padded("\x1f\0\xff\3\x14\0\0\0\2\0\0\4\x0c\0\0\0\0\0\0\0\1\0\0\0"s, 5000)}}),
            "ppt | MACROS"},
        Case{
            "PowerPoint, older, without", "a.ppt",
            ole2_of({{.name = "PowerPoint Document",
                      .content = padded("\x1f\0\xff\3\x14\0\0\0\2\0\0\4\x0c\0\0\0\0\0\0\0\0\0\0\0"s, 5000)}}),
            "ppt"},
        Case{"PowerPoint, older, encrypted", "a.ppt",
             ole2_of({{.name = "PowerPoint Document"},
                      {.name = "Current User", .content = std::string(12, '\0') + "\xdf\xc4\xd1\xf3"s}}),
             "ppt | ENCRYPTED"},
        Case{"encrypted Office document", "a.docx",
             ole2_of({{.name = "EncryptionInfo"},
                      {.name = "EncryptedPackage", .content = std::string(5000, 'x')}}),
             "docx ole | ENCRYPTED"},
        Case{"installer", "a.txt", ole2_of({{.name = "x"}}, "\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"s),
             "txt msi"},
        Case{"a file in a Word document", "a.doc",
             ole2_of({{.name = "WordDocument"},
                      {.name = "\1Ole10Native", .content = ole10_native("b.js", kExe)}}),
             "doc js exe"},
        Case{"a saved message with a file", "a.msg",
             ole2_of({{.name = "__properties_version1.0"},
                      {.name = "__substg1.0_3707001F", .content = "b\0.\0j\0s\0"s},
                      {.name = "__substg1.0_37010102", .content = kExe}}),
             "msg js exe"},
        Case{"Word", "a.docx", docx_of(), "docx"},
        Case{"Word under another name", "a.bin", docx_of(), "bin docx"},
        Case{"Word called zip", "a.zip", docx_of(), "zip docx"},
        Case{"Word with macros", "a.docm",
             docx_of({{.name = "word/vbaProject.bin",
                       .content = ole2_of({{.name = "VBA", .storage = true}})}}),
             "docm | MACROS"},
        Case{"Word with macros, as one without", "a.docx",
             docx_of({{.name = "word/vbaProject.bin",
                       .content = ole2_of({{.name = "VBA", .storage = true}})}}),
             "docx docm | MACROS"},
        Case{"Word with macros by another name", "a.docm",
             docx_of({{.name = "word/x.bin",
                       .content = ole2_of({{.name = "VBA", .storage = true}}),
                       .method = 8}}),
             "docm | MACROS"},
        Case{"Word with a program in it", "a.docx",
             docx_of({{.name = "word/embeddings/oleObject1.bin", .content = kExe, .method = 8}}), "docx exe"},
        Case{"a program besides in what looks like Word", "a.docx", docx_of({{.name = "a.js"}}), "docx js"},
        Case{"Excel", "a.xlsx", zip_of({{.name = "[Content_Types].xml"}, {.name = "xl/workbook.xml"}}),
             "xlsx"},
        Case{"Excel with a sheet of macros", "a.xlsm",
             zip_of({{.name = "[Content_Types].xml"},
                     {.name = "xl/workbook.xml"},
                     {.name = "xl/macrosheets/sheet1.xml"}}),
             "xlsm | MACROS"},
        Case{"OpenDocument", "a.odt",
             zip_of({{.name = "mimetype", .content = "application/vnd.oasis.opendocument.text"},
                     {.name = "content.xml"}}),
             "odt"},
        Case{"OpenDocument with Basic", "a.ods",
             zip_of({{.name = "mimetype", .content = "application/vnd.oasis.opendocument.spreadsheet"},
                     {.name = "Basic/Standard/Module1.xml"}}),
             "ods | MACROS"},
        Case{"OneNote with a program in it", "a.one", onenote(), "one exe"},
        Case{"Java archive", "a.txt", zip_of({{.name = "META-INF/MANIFEST.MF"}, {.name = "A.class"}}),
             "txt jar mf class"},
        Case{"Android application", "a.apk",
             zip_of({{.name = "AndroidManifest.xml"}, {.name = "classes.dex"}}), "apk xml dex"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

INSTANTIATE_TEST_SUITE_P(
    Archives, Content,
    testing::Values(
        Case{"zip", "a.zip", zip_of({{.name = "b.exe"}, {.name = "dir/"}, {.name = "dir/c.txt"}}),
             "zip exe txt"},
        Case{"zip under another name", "a.pdf", zip_of({{.name = "b.js"}}), "pdf zip js"},
        Case{"a program in a zip under another name", "a.zip",
             zip_of({{.name = "b.txt", .content = kExe, .method = 8}}), "zip txt exe"},
        Case{"a program in a zip, stored", "a.zip", zip_of({{.name = "b.txt", .content = kExe}}),
             "zip txt exe"},
        Case{"another name in front of the file", "a.zip", zip_of({{.name = "b.txt", .local_name = "b.exe"}}),
             "zip txt exe"},
        Case{"not in the directory", "a.zip", zip_of({{.name = "b.txt"}, {.name = "c.exe", .listed = false}}),
             "zip txt exe"},
        Case{"only in the directory", "a.zip",
             zip_of({{.name = "c"}, {.name = "b.exe", .only_listed = true}}), "zip exe"},
        Case{"a Unicode name besides", "a.zip", zip_of({{.name = "b.txt", .unicode_name = "b.exe"}}),
             "zip txt exe"},
        Case{"another method in the directory", "a.zip",
             zip_of({{.name = "b.txt", .content = deflated(kExe), .listed_method = 8}}), "zip txt exe"},
        Case{"the size stands behind", "a.zip",
             zip_of({{.name = "b.txt", .content = kExe, .method = 8, .size_behind = true}, {.name = "c.js"}}),
             "zip txt exe js"},
        Case{"something in front of it", "a.zip", zip_of({{.name = "b.exe"}}, std::string(50, 'x')),
             "zip exe"},
        Case{"another archive behind it", "a.zip", zip_of({{.name = "b.txt"}}) + zip_of({{.name = "c.exe"}}),
             "zip txt exe"},
        Case{"another end in its comment", "a.zip",
             zip_of({{.name = "b.exe"}}, {}, "PK\x05\x06" + std::string(18, '\0')), "zip exe"},
        Case{"cut off", "a.zip", zip_of({{.name = "b.exe", .content = kExe}}).substr(0, 200), "zip exe"},
        Case{"encrypted", "a.zip", zip_of({{.name = "b.doc", .flags = 1}}), "zip doc | ENCRYPTED"},
        Case{"encrypted, it says, but is not", "a.zip",
             zip_of({{.name = "b.txt", .content = kExe, .flags = 1}}), "zip txt exe | ENCRYPTED"},
        Case{"strong encryption", "a.zip", zip_of({{.name = "b.doc", .flags = 0x41}}), "zip doc | ENCRYPTED"},
        Case{"a zip in a zip", "a.zip",
             zip_of({{.name = "b.zip", .content = zip_of({{.name = "c.exe"}}), .method = 8}}), "zip exe"},
        Case{"a zip in a zip in a zip, stored", "a.zip", nested_zips(3, zip_of({{.name = "c.exe"}}), 0),
             "zip exe"},
        Case{"a message in a zip", "a.zip",
             zip_of({{.name = "b.eml", .content = with_attachment("c.exe", "x"), .method = 8}}),
             "zip exe eml"},
        Case{"a zip in a zip by a method we do not undo", "a.zip", zip_of({{.name = "b.zip", .method = 14}}),
             "zip | ? 'b.zip' is packed by a method that is not undone"},
        Case{"a text by a method we do not undo", "a.zip", zip_of({{.name = "b.txt", .method = 14}}),
             "zip txt"},
        Case{"a file that is broken", "a.zip",
             zip_of({{.name = "b.txt", .content = "\xff\xff\xff"}, {.name = "c.zip", .content = "PK\3\4"}}),
             "zip txt"},
        Case{"an empty zip", "a.zip", zip_of({}), "zip"},
        Case{"RAR 4", "a.rar", rar4_of({{.name = "b.exe"}, {.name = "c.txt"}}), "rar exe txt"},
        Case{"RAR 4 under another name, a program in it", "a.txt",
             rar4_of({{.name = "b.txt", .content = kExe}}), "txt rar exe"},
        Case{"RAR 4, a file encrypted", "a.rar", rar4_of({{.name = "b.doc", .encrypted = true}}),
             "rar doc | ENCRYPTED"},
        Case{"RAR 4, names encrypted", "a.rar", rar4_of({}, true), "rar | ENCRYPTED"},
        Case{"RAR 5", "a.rar", rar5_of({{.name = "b.exe"}, {.name = "c.txt", .stored = false}}),
             "rar exe txt"},
        Case{"RAR 5, a zip in it", "a.rar",
             rar5_of({{.name = "b.zip", .content = zip_of({{.name = "c.js"}})}}), "rar zip js"},
        Case{"RAR 5, a file encrypted", "a.rar", rar5_of({{.name = "b.doc", .encrypted = true}}),
             "rar doc | ENCRYPTED"},
        Case{"RAR 5, names encrypted", "a.rar", rar5_of({}, true), "rar | ENCRYPTED"},
        Case{"7z", "a.7z", seven_zip_of({"b.exe", "c.txt"}), "7z exe txt"},
        Case{"7z, encrypted", "a.7z", seven_zip_of({"b.doc"}, true), "7z doc | ENCRYPTED"},
        Case{"gzip of a program", "a.gz", gzipped(kExe, "b.txt"), "gz txt exe"},
        Case{"gzip of a tar", "a.tgz", gzipped(tar_of({{.name = "b.exe"}, {.name = "c.txt"}})),
             "tgz tar exe txt"},
        Case{"tar", "a.tar", tar_of({{.name = "b.js"}, {.name = "c.txt", .content = kExe}}),
             "tar js txt exe"},
        Case{"tar with a long name", "a.tar",
             tar_of({{.name = "././@LongLink", .content = std::string(120, 'x') + ".exe", .type = 'L'},
                     {.name = "x"}}),
             "tar exe"},
        Case{"tar with a name by pax", "a.tar",
             tar_of({{.name = "x", .content = "14 path=b.exe\n", .type = 'x'}, {.name = "x"}}), "tar exe"},
        Case{"cabinet", "a.cab", cabinet_of({"b.exe", "c.dll"}), "cab exe dll"},
        Case{"TNEF", "winmail.dat", tnef_of("b.js", kExe), "dat js exe"},
        Case{"bzip2", "a", "BZh91AY&SY", "bz2"},
        Case{"xz", "a",
             "\xfd"
             "7zXZ\0"s,
             "xz"},
        Case{"image of a disc", "a.txt", iso_image(), "txt iso"},
        Case{"virtual disk", "a", "vhdxfile", "vhdx"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

}  // namespace
}  // namespace filters::attachments
