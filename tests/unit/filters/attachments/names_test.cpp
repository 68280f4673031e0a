// The names that readers give an attachment, whatever the header does to hide them.  RFC 2183, 2231, 2047
#include <gtest/gtest.h>

#include "tests/support/attachment_bench.h"
#include "tests/support/named.h"

namespace filters::attachments {
namespace {

struct Case {
  std::string name;
  std::string header;  // of the part, without Content-Transfer-Encoding
  std::string found;
};
POSTERN_NAMED(Case)

class AttachmentNames : public testing::TestWithParam<Case> {};

TEST_P(AttachmentNames, AreSeen) {
  EXPECT_EQ(support::found_in(support::part_with(GetParam().header)), GetParam().found);
}

std::string type(const std::string& parameters) {
  return "Content-Type: application/x; " + parameters + "\r\n";
}
std::string file(const std::string& parameters) {
  return "Content-Disposition: attachment; " + parameters + "\r\n";
}
const std::string kNul(1, '\0');

INSTANTIATE_TEST_SUITE_P(
    Table, AttachmentNames,
    testing::Values(
        Case{"in Content-Disposition", file("filename=\"a.exe\""), "exe"},
        Case{"in Content-Type", type("name=\"a.exe\""), "exe"},
        Case{"one in each", type("name=\"a.txt\"") + file("filename=\"b.exe\""), "txt exe"},
        Case{"bare", file("filename=a.exe"), "exe"},
        Case{"bare with more behind a blank", file("filename=a.exe b.txt"), "txt exe"},
        Case{"bare with a comment behind it", file("filename=a.exe(x)"), "exe(x exe"},
        Case{"no semicolon between parameters", type("name=a.exe x=y.txt"), "txt exe"},
        Case{"the last of two", file("filename=a.txt; filename=b.exe"), "txt exe"},
        Case{"the first of two", file("filename=a.exe; filename=b.txt"), "exe txt"},
        Case{"two fields", file("filename=a.txt") + file("filename=b.exe"), "txt exe"},
        Case{"two Content-Type fields", type("name=a.txt") + type("name=b.exe"), "txt exe"},
        Case{"capitals", "CONTENT-DISPOSITION: ATTACHMENT; FILENAME=\"A.EXE\"\r\n", "exe"},
        Case{"blanks around the sign", file("filename = \"a.exe\""), "exe"},
        Case{"a blank before the colon", "Content-Disposition : attachment; filename=a.exe\r\n", "exe"},
        Case{"folded before the value", file("filename=\r\n \"a.exe\""), "exe"},
        Case{"folded inside the name, blanks kept or not", file("filename=\"a.e\r\n xe\""), "exe"},
        Case{"escaped", file("filename=\"a\\.e\\xe\""), "exe"},
        Case{"an escaped quote", file("filename=\"a\\\".exe\""), "exe"},
        Case{"no quote at the end", file("filename=\"a.exe"), "exe"},
        Case{"no quote at the end, another parameter", file("filename=\"a.exe; x=b.txt"), "txt exe"},
        Case{"text behind the quotes", file("filename=\"a.txt\".exe"), "txt exe"},
        Case{"in a quoted string, for who looks for the word", type("x=\"; name=a.exe\""), "exe"},
        Case{"in a comment", "Content-Type: application/x (; name=\"a.exe\")\r\n", "exe"},
        Case{"a quote in a comment hides nothing", "Content-Type: application/x (\"); name=a.exe; x=\"\r\n",
             "exe"},
        Case{"trailing dot", file("filename=\"a.exe.\""), "exe"},
        Case{"trailing blanks and dots", file("filename=\"a.exe . . \""), "exe"},
        Case{"a direction override behind", file("filename=\"cod.scr\u202e\""), "scr"},
        Case{"a direction override inside", file("filename=\"cod\u202excod.scr\""), "scr"},
        Case{"a direction override within the extension", file("filename=\"a.e\u202exe\""), "exe"},
        Case{"zero-width characters", file("filename=\"a.e\u200bxe\u200b\""), "exe"},
        Case{"NUL behind: it ends the name", file("filename=\"a.exe" + kNul + ".txt\""), "exe txt"},
        Case{"NUL inside: it is skipped", file("filename=\"a.e" + kNul + "xe\""), "e exe"},
        Case{"a path", file("filename=\"..\\\\..\\\\a.exe\""), "exe"},
        Case{"a slash behind", file("filename=\"a.exe/\""), "exe"},
        Case{"a stream of another file system", file("filename=\"a.exe:b.txt\""), "exe txt"},
        Case{"two extensions: the last counts", file("filename=\"invoice.pdf.exe\""), "exe"},
        Case{"many blanks before the last", file("filename=\"invoice.pdf                       .exe\""),
             "exe"},
        Case{"nothing but an extension", file("filename=\".exe\""), "exe"},
        Case{"no extension", file("filename=\"readme\""), ""},
        Case{"a sentence", file("filename=\"No. 5 is alive\""), ""},
        Case{"a class id", file("filename=\"a.{00020C01-0000-0000-C000-000000000046}\""),
             "{00020c01-0000-0000-c000-000000000046}"},
        Case{"percent-encoded", file("filename=\"a%2Eexe\""), "exe"},
        Case{"an extended value", file("filename*=utf-8''a%2Eexe"), "exe"},
        Case{"an extended value in quotes", file("filename*=\"utf-8'de'a%2eexe\""), "exe"},
        Case{"an extended value in UTF-16", file("filename*=utf-16be''%00a%00.%00e%00x%00e"), "exe"},
        Case{"an extended value without a charset", file("filename*=a.exe"), "exe"},
        Case{"extended and plain", file("filename=a.txt; filename*=utf-8''a.exe"), "txt exe"},
        Case{"in sections", file("filename*0=\"a.e\"; filename*1=\"xe\""), "exe"},
        Case{"in sections, out of order", file("filename*1=\"xe\"; filename*0=\"a.e\""), "e exe"},
        Case{"in sections, the second extended", file("filename*0=\"a\"; filename*1*=%2Eexe"), "exe"},
        Case{"in sections, all extended", file("filename*0*=utf-8''a%2E; filename*1*=exe"), "exe"},
        Case{"in sections, one twice", file("filename*0=\"a.\"; filename*1=\"exe\"; filename*1=\"txt\""),
             "exetxt exe txt"},
        Case{"in twelve sections",
             type("name*0=1;name*1=2;name*2=3;name*3=4;name*4=5;name*5=6;name*6=7;name*7=8;name*8=9;name*9=.;"
                  "name*10=ex;name*11=e"),
             "exe"},
        Case{"an encoded word, though forbidden", file("filename=\"=?utf-8?Q?a=2Eexe?=\""), "exe"},
        Case{"an encoded word in base64", file("filename=\"=?utf-8?B?YS5leGU=?=\""), "exe"},
        Case{"two encoded words", file("filename=\"=?utf-8?Q?a=2Ee?= =?utf-8?Q?xe?=\""), "exe"},
        Case{"an encoded word with blanks in it", file("filename=\"=?utf-8?Q?my a=2Eexe?=\""), "exe"},
        Case{"an encoded word in another charset", file("filename=\"=?iso-2022-jp?Q?a=2Eexe?=\""), "exe"},
        Case{"an encoded word in the middle", file("filename=\"a=?utf-8?Q?=2E?=exe\""), "exe"},
        Case{"8-bit octets", file("filename=\"Rechnung f\xfcr Sie.exe\""), "exe"},
        Case{"not attached, but named", "Content-Type: text/html; name=a.hta\r\n", "hta"},
        Case{"a type alone tells", "Content-Type: application/pdf\r\n", "pdf"},
        Case{"a type with capitals and a comment", "Content-Type: Application / HTA (x)\r\n", "hta"},
        Case{"a type where the name has no extension",
             "Content-Type: application/x-msdownload; name=setup\r\n", "exe"},
        Case{"a body is no attachment", "Content-Type: text/plain; charset=utf-8\r\n", ""},
        Case{"an HTML body is no attachment", "Content-Type: text/html\r\n", ""},
        Case{"HTML attached is one", "Content-Type: text/html\r\nContent-Disposition: attachment\r\n",
             "html"},
        Case{"no header at all", "", ""}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

TEST(AttachmentNames, AreLookedForInLongFields) {
  std::string parameters;
  for (int i = 0; i < 200; ++i) parameters += "p" + std::to_string(i) + "=x; ";
  EXPECT_EQ(support::found_in(support::part_with(type(parameters + "name=a.exe"))), "exe");
}

TEST(AttachmentNames, HaveBounds) {
  std::string parameters;
  for (int i = 0; i < 400; ++i) parameters += "p" + std::to_string(i) + "=x; ";
  EXPECT_EQ(support::found_in(support::part_with(type(parameters + "name=a.exe"))),
            " | ? not all of the header of part 1 is read");
  EXPECT_EQ(support::found_in(support::part_with(type("name=a.pdf; x=" + std::string(20'000, 'y')))),
            "pdf | ? not all of the header of part 1 is read");
  EXPECT_EQ(support::found_in(support::part_with(file("filename=\"" + std::string(9'000, 'y') + ".exe\""))),
            "exe")
      << "long, but read";
}

}  // namespace
}  // namespace filters::attachments
