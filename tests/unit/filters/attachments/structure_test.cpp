// Messages that mail readers take apart in different ways: whatever one of them shows is found.  RFC 2045,
// 2046
#include <gtest/gtest.h>

#include "tests/support/archives.h"
#include "tests/support/attachment_bench.h"
#include "tests/support/named.h"

namespace filters::attachments {
namespace {

using support::base64;

const std::string kExe = base64(support::windows_program());
const std::string kTop = "From: a@a.example\r\n";
const std::string kMixed = "Content-Type: multipart/mixed; boundary=b\r\n";
const std::string kAttached =
    "Content-Type: application/x\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n";
const std::string kExePart = kAttached + "\r\n" + kExe;
const std::string kText = "Content-Type: text/plain\r\n\r\nhello\r\n";

struct Case {
  std::string name;
  std::string message;
  std::string found;
};
POSTERN_NAMED(Case)

class MessageStructure : public testing::TestWithParam<Case> {};

TEST_P(MessageStructure, HidesNothing) { EXPECT_EQ(support::found_in(GetParam().message), GetParam().found); }

INSTANTIATE_TEST_SUITE_P(
    Table, MessageStructure,
    testing::Values(
        Case{"no MIME at all", kTop + "\r\nhello\r\n", ""}, Case{"no body", kTop, ""},
        Case{"an empty message", "\r\n", ""},
        Case{"two texts", kTop + kMixed + "\r\n--b\r\n" + kText + "--b\r\n" + kText + "--b--\r\n", ""},
        Case{"a file is the whole message", kTop + kExePart, "exe"},
        Case{"in multipart/mixed", kTop + kMixed + "\r\n--b\r\n" + kExePart + "--b--\r\n", "exe"},
        Case{"in a multipart of no known type",
             kTop + "Content-Type: multipart/x-odd; boundary=b\r\n\r\n--b\r\n" + kExePart + "--b--\r\n",
             "exe"},
        Case{"in a multipart in a multipart",
             kTop + kMixed + "\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n" +
                 kText + "--c\r\n" + kExePart + "--c--\r\n--b--\r\n",
             "exe"},
        Case{"in a message in a message",
             kTop + kMixed + "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + kTop +
                 "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + kExePart + "--c--\r\n--b--\r\n",
             "eml exe"},
        Case{"in an encoded message",
             kTop + kMixed +
                 "\r\n--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                 base64(kTop + kExePart) + "--b--\r\n",
             "eml exe"},
        Case{"in a file that is a message",
             support::with_attachment("a.eml", kTop + kMixed + "\r\n--b\r\n" + kExePart + "--b--\r\n"),
             "eml exe"},
        Case{"in a digest, whose parts are messages by default",
             kTop + "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n" + kTop + kExePart +
                 "--b--\r\n",
             "eml exe"},
        Case{"no last delimiter", kTop + kMixed + "\r\n--b\r\n" + kExePart, "exe"},
        Case{"no last delimiter of the inner one",
             kTop + kMixed + "\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + kText +
                 "--b\r\n" + kExePart + "--b--\r\n",
             "exe"},
        Case{"behind the last delimiter",
             kTop + kMixed + "\r\n--b\r\n" + kText + "--b--\r\n--b\r\n" + kExePart, "exe"},
        Case{"behind the last delimiter of the inner one",
             kTop + kMixed + "\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + kText +
                 "--c--\r\n--c\r\n" + kExePart + "--b--\r\n",
             "exe"},
        Case{"blanks behind a delimiter", kTop + kMixed + "\r\n--b \t\r\n" + kExePart + "--b--\r\n", "exe"},
        Case{"text behind a delimiter", kTop + kMixed + "\r\n--bxyz\r\n" + kExePart + "--b--\r\n", "exe"},
        Case{"a boundary that another begins with",
             kTop + kMixed + "\r\n--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n" + kText +
                 "--bb\r\n" + kExePart + "--bb--\r\n--b--\r\n",
             "exe"},
        Case{"the same boundary inside",
             kTop + kMixed + "\r\n--b\r\n" + kMixed + "\r\n--b\r\n" + kText + "--b--\r\n--b\r\n" + kExePart +
                 "--b--\r\n",
             "exe"},
        Case{"two boundaries in one field",
             kTop + "Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\n" + kText +
                 "--b\r\n" + kExePart + "--b--\r\n",
             "exe"},
        Case{"two fields with a boundary each, by the second",
             kTop + "Content-Type: multipart/mixed; boundary=a\r\n" + kMixed + "\r\n--a\r\n" + kText +
                 "--a--\r\n--b\r\n" + kExePart + "--b--\r\n",
             "exe"},
        Case{"two fields with a boundary each, by the first",
             kTop + kMixed + "Content-Type: multipart/mixed; boundary=a\r\n\r\n--b\r\n" + kExePart +
                 "--b--\r\n--a\r\n" + kText,
             "exe"},
        Case{"text for one reader, parts for another",
             kTop + "Content-Type: text/plain\r\n" + kMixed + "\r\n--b\r\n" + kExePart + "--b--\r\n", "exe"},
        Case{"a line of the other boundary inside a file",
             kTop + "Content-Type: multipart/mixed; boundary=.; boundary=b\r\n\r\n--b\r\n" + kAttached +
                 "\r\n" +
                 base64(support::zip_of({{.name = "x.txt", .content = std::string(90, 'x')},
                                         {.name = "a.exe"}}))
                     .insert(78, "--.\r\n"),
             "zip txt exe"},
        Case{"a boundary in quotes with blanks",
             kTop + "Content-Type: multipart/mixed; boundary=\"b c\"\r\n\r\n--b c\r\n" + kExePart +
                 "--b c--\r\n",
             "exe"},
        Case{"a boundary without quotes with blanks",
             kTop + "Content-Type: multipart/mixed; boundary=b c\r\n\r\n--b c\r\n" + kExePart + "--b c--\r\n",
             "exe"},
        Case{"a boundary without its closing quote",
             kTop + "Content-Type: multipart/mixed; boundary=\"b\r\n\r\n--b\r\n" + kExePart + "--b--\r\n",
             "exe"},
        Case{"a boundary with escapes",
             kTop + "Content-Type: multipart/mixed; boundary=\"\\b\"\r\n\r\n--b\r\n" + kExePart + "--b--\r\n",
             "exe"},
        Case{"a boundary in sections",
             kTop + "Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\r\n\r\n--bc\r\n" + kExePart +
                 "--bc--\r\n",
             "exe"},
        Case{"a boundary in a comment",
             kTop + "Content-Type: multipart/mixed (boundary=b); boundary=a\r\n\r\n--b\r\n" + kExePart +
                 "--b--\r\n",
             "exe"},
        Case{"a boundary folded",
             kTop + "Content-Type: multipart/mixed;\r\n\tboundary=\r\n b\r\n\r\n--b\r\n" + kExePart, "exe"},
        Case{"no semicolon in front of the boundary",
             kTop + "Content-Type: multipart/mixed boundary=b\r\n\r\n--b\r\n" + kExePart + "--b--\r\n",
             "exe"},
        Case{"no boundary: the first delimiter tells",
             kTop + "Content-Type: multipart/mixed\r\n\r\n--xyz\r\n" + kExePart + "--xyz--\r\n", "exe"},
        Case{"an empty boundary",
             kTop + "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n" + kExePart + "----\r\n",
             "exe"},
        Case{"a boundary without a multipart",
             kTop + "Content-Type: text/plain; boundary=b\r\n\r\n--b\r\n" + kExePart, "exe"},
        Case{"an encoded multipart",
             kTop + kMixed + "Content-Transfer-Encoding: base64\r\n\r\n" +
                 base64("--b\r\n" + kExePart + "--b--\r\n"),
             "exe"},
        Case{"in the preamble, uuencoded",
             kTop + kMixed + "\r\n" + support::uuencoded(support::windows_program(), "a.exe") + "--b\r\n" +
                 kText,
             "exe"},
        Case{"uuencoded in a text", kTop + "\r\nhello\r\n" + support::uuencoded("hello", "a.js") + "bye\r\n",
             "js"},
        Case{"uuencoded in a text in quoted-printable",
             kTop + "Content-Transfer-Encoding: quoted-printable\r\n\r\n=62egin 644 "
                    "a.js\r\n%:&5L;&\\`\r\n`\r\nend\r\n",
             "js"},
        Case{"uuencoded in a text in base64",
             kTop + "Content-Transfer-Encoding: base64\r\n\r\n" +
                 base64("x\r\n" + support::uuencoded("hello", "a.js")),
             "js"},
        Case{"uuencoded in base64", kTop + "\r\nbegin-base64 644 a.bin\r\n" + kExe + "====\r\n", "bin exe"},
        Case{"uuencoded by its header",
             kTop + "Content-Type: application/x\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n" +
                 support::uuencoded(support::windows_program(), "a.bin"),
             "bin exe"},
        Case{"a text that only speaks of it",
             kTop + "\r\nbegin 644 lives.exe\r\nThis is the first line of prose, and long.\r\n", ""},
        Case{"no blank line in front of the content",
             kTop + kMixed +
                 "\r\n--b\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n" + kExe +
                 "--b--\r\n",
             "exe"},
        Case{"white space in the line in front of the content",
             kTop + kMixed + "\r\n--b\r\n" + kAttached + " \t\r\n" + kExe + "\r\n\r\nrest\r\n--b--\r\n",
             "exe"},
        Case{"a delimiter right behind the header",
             kTop + kMixed + "\r\n--b\r\n" + kAttached + "--b\r\n" + kExePart, "exe"},
        Case{"rubbish in base64",
             kTop + kAttached + "\r\n" + std::string(kExe).insert(3, "!*\r\n-_ ") + "\r\n", "exe"},
        Case{"padding inside base64, skipped by some",
             kTop + kAttached + "\r\n" + std::string(kExe).insert(2, "="), "exe"},
        Case{"several files in one base64", kTop + kAttached + "\r\n" + base64("MZ") + kExe, "exe"},
        Case{"two encodings, by the second",
             kTop + "Content-Transfer-Encoding: 7bit\r\n" + kAttached + "\r\n" + kExe, "exe"},
        Case{"an encoding with a comment",
             kTop + "Content-Type: application/x\r\nContent-Transfer-Encoding: base64 (x)\r\n\r\n" + kExe,
             "exe"},
        Case{"an encoding in capitals",
             kTop + "Content-Transfer-Encoding: BASE64\r\nContent-Type: application/x\r\n\r\n" + kExe, "exe"},
        Case{"quoted-printable",
             kTop + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
                 support::quoted_printable(support::windows_program()),
             "exe"},
        Case{"octets as they are",
             kTop + "Content-Transfer-Encoding: binary\r\n\r\n" + support::windows_program(), "exe"},
        Case{"a text that is no text",
             kTop + "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + kExe, "exe"},
        Case{"a fragment",
             kTop + "Content-Type: message/partial; id=x; number=1; total=2\r\n\r\n" + kTop + "\r\nx\r\n",
             " | ? part 1 is a fragment of a message whose rest is elsewhere"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

// What a sound message has, and nothing else: no part is seen twice.
TEST(MessageStructure, IsToldStepByStep) {
  EXPECT_EQ(support::steps_of(support::multipart(
                {{"Content-Type: text/plain\r\n", "hello"},
                 support::attached("invoice.pdf.exe", support::windows_program()),
                 support::attached("a.zip",
                                   support::zip_of({{.name = "b.js"}, {.name = "x\x1b.doc", .flags = 1}}))})),
            "  part 2 'invoice.pdf.exe' is a Windows program\n"
            "  part 3 'a.zip' is a zip archive\n"
            "    'b.js'\n"
            "    'x\\x1b.doc', encrypted\n");
}

}  // namespace
}  // namespace filters::attachments
