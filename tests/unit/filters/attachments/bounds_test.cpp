// What is not looked at is said, what was found stands, and nothing takes longer than its size explains.
// ATTACKS rows 13 and 14
#include <gtest/gtest.h>

#include "filters/attachments/attachments_filter.h"
#include "filters/attachments/work.h"
#include "filters/registry.h"
#include "tests/support/archives.h"
#include "tests/support/attachment_bench.h"
#include "tests/support/far_octets.h"

namespace filters::attachments {
namespace {

using namespace support;

const std::string kTop = "From: a@a.example\r\n";

std::string deep(int depth) {
  std::string out = kTop;
  for (int i = 0; i < depth; ++i) {
    const std::string boundary = "b" + std::to_string(i) + "x";
    out += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n";
  }
  return out + "Content-Type: application/x; name=a.exe\r\n\r\nx\r\n";
}

TEST(AttachmentBounds, DepthOfParts) {
  EXPECT_EQ(found_in(deep(20)), "exe");
  EXPECT_EQ(found_in(deep(21)), " | ? parts lie more than 20 deep in each other");
  EXPECT_EQ(found_in(deep(5000)), " | ? parts lie more than 20 deep in each other");
  EXPECT_EQ(found_in(deep(3), {.depth = 2}), " | ? parts lie more than 2 deep in each other");
}

TEST(AttachmentBounds, DepthOfMessages) {
  std::string message = kTop;
  for (int i = 0; i < 5000; ++i) message += "Content-Type: message/rfc822\r\n\r\n";
  EXPECT_EQ(found_in(message), "eml | ? parts lie more than 20 deep in each other");
}

TEST(AttachmentBounds, DepthOfArchives) {
  std::string zip = zip_of({{.name = "a.exe"}});
  for (int i = 0; i < 18; ++i) zip = zip_of({{.name = "a.zip", .content = zip, .method = 8}});
  EXPECT_EQ(found_in(with_attachment("a.zip", zip)), "zip exe");
  zip = zip_of({{.name = "a.zip", .content = zip, .method = 8}});
  EXPECT_EQ(found_in(with_attachment("a.zip", zip)),
            "zip exe | ? archives lie more than 20 deep in each other");
}

TEST(AttachmentBounds, Parts) {
  const auto parts = [](int count) {
    std::string out = kTop + "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (int i = 0; i < count; ++i)
      out += "--b\r\nContent-Type: x/y; name=a.p" + std::to_string(i % 3) + "\r\n\r\nx\r\n";
    return out + "--b\r\nContent-Type: x/y; name=a.exe\r\n\r\nx\r\n--b--\r\n";
  };
  EXPECT_EQ(found_in(parts(998)), "p0 p1 p2 exe");
  EXPECT_EQ(found_in(parts(999)), "p0 p1 p2 | ? there are more than 1000 parts");
  EXPECT_EQ(found_in(parts(50'000)), "p0 p1 p2 | ? there are more than 1000 parts");
}

TEST(AttachmentBounds, EntriesOfArchives) {
  std::vector<ZipEntry> entries(3000, {.name = "a.txt", .content = "x"});
  entries.push_back({.name = "a.exe"});
  const std::string message = with_attachment("a.zip", zip_of(entries));
  EXPECT_EQ(found_in(message, {.entries = 7000}), "zip txt exe");
  EXPECT_EQ(found_in(message, {.entries = 5}), "zip txt | ? archives hold more than 5 files");
}

TEST(AttachmentBounds, WhatIsUnpacked) {
  const std::string bomb =
      zip_of({{.name = "b.zip",
               .content = zip_of({{.name = "c.exe", .content = std::string(20'000'000, '\0')}}),
               .method = 8}});
  EXPECT_LT(bomb.size(), 50'000u);
  EXPECT_EQ(found_in(with_attachment("a.zip", bomb)),
            "zip exe | ? what is packed is more than may be unpacked")
      << "a hundred times its size and a mebibyte";
  const std::string small =
      zip_of({{.name = "b.zip",
               .content = zip_of({{.name = "c.exe", .content = std::string(200'000, 'x')}}),
               .method = 8}});
  EXPECT_EQ(found_in(with_attachment("a.zip", small)), "zip exe");
  EXPECT_EQ(found_in(with_attachment("a.zip", small), {.unpacked = 1000}),
            "zip exe | ? what is packed is more than may be unpacked");
}

TEST(AttachmentBounds, FilesThatOverlapAreNotLookedIntoForever) {
  const std::string file = zip_of({{.name = "c.txt", .content = std::string(100'000, 'x')}});
  const std::string zip = zip_of({{.name = "b.zip", .content = file}});
  std::string overlapping;  // each header in front of all that follow
  for (int i = 0; i < 4000; ++i) overlapping += zip.substr(0, 35);
  EXPECT_EQ(found_in(with_attachment("a.zip", overlapping + zip)).find("zip txt | ? "), 0u);
  // The same file by the names of many entries is looked into once.
  std::string directory = zip;
  const std::size_t entry = zip.rfind("PK\x01\x02");
  for (int i = 0; i < 1000; ++i) directory.insert(entry, zip.substr(entry, 51));
  EXPECT_EQ(found_in(with_attachment("a.zip", directory)), "zip txt");
  std::string many = zip;
  for (int i = 0; i < 4; ++i) many += many;
  EXPECT_EQ(found_in(with_attachment("a.zip", many)), "zip txt") << "side by side they are only many";
}

TEST(AttachmentBounds, LongLinesAndManyDelimiters) {
  EXPECT_EQ(
      found_in(kTop + "Content-Type: x/y; name=\"" + std::string(10'000'000, 'x') + ".exe\"\r\n\r\nx\r\n"),
      " | ? not all of the header of part 1 is read");
  EXPECT_EQ(found_in(kTop + "X: " + std::string(10'000'000, 'x') +
                     "\r\nContent-Type: x/y; name=a.exe\r\n\r\nx\r\n"),
            "exe");
  EXPECT_EQ(found_in(kTop + "Content-Type: x/y; name=a" + std::string(50'000, '(') + ".exe\r\n\r\nx\r\n"),
            " | ? not all of the header of part 1 is read");
  std::string lines =
      kTop + "Content-Type: multipart/mixed; boundary=\"" + std::string(60, 'b') + "\"\r\n\r\n";
  for (int i = 0; i < 300'000; ++i) lines += "--bbbbbbbb\r\n";
  EXPECT_EQ(found_in(lines), "");
}

TEST(AttachmentBounds, AFoundFlagStandsAndAnotherIsUnknown) {
  const Finding finding = examined(
      with_attachment("a.zip", zip_of({{.name = "a.doc", .flags = 1}, {.name = "b.doc"}})), {.entries = 1});
  for (const FactValue& value : finding.facts) {
    if (value.name == "message.attachments") {
      EXPECT_TRUE(value.fact.troubled());
      EXPECT_EQ(std::get<List>(value.fact.value), (List{"zip", "doc"}));
    }
    if (value.name == "attachments.encrypted")
      EXPECT_TRUE(value.fact.known() && std::get<bool>(value.fact.value));
    if (value.name == "attachments.macros") EXPECT_TRUE(value.fact.troubled());
  }
}

TEST(AttachmentWork, LeavesTheLoopForArchivesAlone) {
  constexpr std::uint64_t kOnLoop = 256 << 10;
  const auto work_of = [](const std::string& message) { return work(*Message::parse(message), {}); };
  const std::string text = kTop + "\r\n" + std::string(5000, 'x') + "\r\n";
  EXPECT_LT(work_of(text), 10'000u);
  EXPECT_LT(
      work_of(multipart({{"Content-Type: text/plain\r\n", "x"}, attached("a.png", "\x89PNG\r\n\x1a\n")})),
      10'000u);
  EXPECT_GT(work_of(with_attachment("a.txt", zip_of({{.name = "b"}}))), kOnLoop);
  EXPECT_GT(work_of(with_attachment("a.txt", ole2_of({{.name = "b"}}))), kOnLoop);
  EXPECT_GT(work_of(with_attachment("a.eml", "x")), kOnLoop);
  EXPECT_GT(work_of(kTop + "\r\n" + uuencoded(zip_of({{.name = "b"}}), "a.zip")), kOnLoop);
  EXPECT_GT(work_of(kTop + "Content-Transfer-Encoding: base64\r\n\r\n" + base64(uuencoded("x", "a.zip"))),
            kOnLoop);
}

TEST(AttachmentsFilter, LeavesNoEvidenceWhereNothingIsAttached) {
  const Finding finding = examined(kTop + "\r\nhello\r\n");
  EXPECT_TRUE(finding.evidence.empty());
  EXPECT_EQ(finding.facts.size(), 3u);
  for (const FactValue& value : finding.facts) EXPECT_TRUE(value.fact.known()) << value.name;
}

// The body of a large message lies in a file.
TEST(AttachmentsFilter, FindsTheSameInAFile) {
  std::string text = multipart(
      {{"Content-Type: text/plain\r\n", std::string(200'000, 'x') + "\r\n" + std::string(70'000, 'y')},
       attached("a.zip",
                zip_of({{.name = "b.exe", .content = std::string(100'000, 'x')}, {.name = "c.js"}}))});
  const std::size_t header = text.find("\r\n\r\n");
  const Vocabulary vocabulary = make_vocabulary();
  Facts facts(vocabulary);
  facts.set_message(std::make_shared<Message>(text.substr(0, header + 2),
                                              std::make_shared<support::FarOctets>(text, 1000), header + 4));
  const Finding finding = make_attachments({})->examine(facts, {});
  for (const FactValue& value : finding.facts)
    if (value.name == "message.attachments")
      EXPECT_EQ(std::get<List>(value.fact.value), (List{"zip", "exe", "js"}));
}

}  // namespace
}  // namespace filters::attachments
