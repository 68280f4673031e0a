#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gateway/trace/authentication_results.h"
#include "tests/support/named.h"
#include "tests/support/paths.h"

namespace gateway::trace {
namespace {

constexpr std::string_view kId = "gate.example.com";

bool claimed(const std::string& header, std::string_view id = kId) {
  const Message message(header);
  return message.fields().size() == 1 && claims(message.fields().front(), id);
}

struct Case {
  std::string name;
  std::string value;
};
POSTERN_NAMED(Case)

class Forged : public testing::TestWithParam<Case> {};

TEST_P(Forged, IsRemoved) { EXPECT_TRUE(claimed("Authentication-Results:" + GetParam().value + "\r\n")); }

INSTANTIATE_TEST_SUITE_P(
    Table, Forged,
    testing::Values(
        Case{"as we write it", " gate.example.com; dkim=pass"},
        Case{"no space", "gate.example.com;dkim=pass"}, Case{"upper case", " GATE.EXAMPLE.COM; dkim=pass"},
        Case{"mixed case", " Gate.eXample.com; dkim=pass"}, Case{"version", " gate.example.com 1; dkim=pass"},
        Case{"version after a tab", " gate.example.com\t1; dkim=pass"},
        Case{"version after a comment", " gate.example.com(v)1; dkim=pass"},
        Case{"trailing dot", " gate.example.com.; dkim=pass"},
        Case{"trailing dot and version", " gate.example.com. 1; dkim=pass"},
        Case{"leading dot", " .gate.example.com; dkim=pass"},
        Case{"comment before", " (hello) gate.example.com; dkim=pass"},
        Case{"comment without space", "(x)gate.example.com(y); dkim=pass"},
        Case{"comment with a semicolon", " (a;b) gate.example.com; dkim=pass"},
        Case{"nested comment", " (a (b) c) gate.example.com; dkim=pass"},
        Case{"escaped parenthesis", " (a \\) b) gate.example.com; dkim=pass"},
        Case{"comments between the labels", " gate(a).(b)example(c).com; dkim=pass"},
        Case{"comments between the labels and a version", " gate(a).example.com (b) 1; dkim=pass"},
        Case{"spaces around the dots", " gate . example . com; dkim=pass"},
        Case{"comment without end", " (gate.example.com; dkim=pass"},
        Case{"comment without end, name later", " (a; gate.example.com; dkim=pass"},
        Case{"in a comment only", " other.example (gate.example.com); dkim=pass"},
        Case{"quoted", " \"gate.example.com\"; dkim=pass"},
        Case{"half quoted", " gate.\"example\".com; dkim=pass"},
        Case{"quoted with a backslash", " \"gate\\.exampl\\e.com\"; dkim=pass"},
        Case{"quoted, and goes on behind", " \"gate.\\example.com\"ab. 1; none"},
        Case{"quoted, and began in front", " ab\"gate.\\example.com\"; none"},
        Case{"quoted with blanks", " \" gate.example.com \"; dkim=pass"},
        Case{"quote without end", " \"gate.example.com; dkim=pass"},
        Case{"backslash outside quotes", " gate\\.example.com; dkim=pass"},
        Case{"folded before", "\r\n gate.example.com; dkim=pass"},
        Case{"folded before and behind", "\r\n\t gate.example.com\r\n ; dkim=pass"},
        Case{"folded inside", " gate.exa\r\n mple.com; dkim=pass"},
        Case{"folded at a dot", " gate.\r\n\texample.com; dkim=pass"},
        Case{"semicolon in front", " ; gate.example.com; dkim=pass"},
        Case{"no semicolon behind", " gate.example.com dkim=pass"},
        Case{"nothing behind", " gate.example.com"},
        Case{"garbage behind", " gate.example.com !?%; dkim=pass"},
        Case{"comma behind", " gate.example.com, other.example; dkim=pass"},
        Case{"another name in front", " other.example gate.example.com; dkim=pass"},
        Case{"another name in front, comma", " other.example,gate.example.com; dkim=pass"},
        Case{"slash version", " gate.example.com/1; dkim=pass"},
        Case{"angle brackets", " <gate.example.com>; dkim=pass"},
        Case{"control octet behind", std::string(" gate.example.com\x01; dkim=pass")},
        Case{"control octet inside", std::string(" gate.exa\x01mple.com; dkim=pass")},
        Case{"NUL inside", std::string(" gate.exa\0mple.com; dkim=pass", 30)},
        Case{"NUL behind", std::string(" gate.example.com\0; dkim=pass", 29)},
        Case{"malformed UTF-8 beside", " gate.example.com\xff; dkim=pass"},
        Case{"full-width letters", " ｇate.example.com; dkim=pass"},
        Case{"ideographic full stop", " gate。example。com; dkim=pass"},
        Case{"soft hyphen", " ga\xc2\xadte.example.com; dkim=pass"},
        Case{"zero-width space", " ga\xe2\x80\x8bte.example.com; dkim=pass"},
        Case{"percent-encoded dot", " gate%2Eexample%2ecom; dkim=pass"},
        Case{"percent-encoded letter", " %67ate.example.com; dkim=pass"},
        Case{"percent-encoded blanks", " %20gate.example.com%00; dkim=pass"},
        Case{"percent-encoded U-label", " %EF%BD%87ate.example.com; dkim=pass"},
        Case{"percent sign behind", " gate.example.com%; dkim=pass"},
        Case{"encoded word", " =?utf-8?q?gate.example.com?=; dkim=pass"}, Case{"no name", " dkim=pass"},
        Case{"no name, semicolon", " ; dkim=pass"}, Case{"empty", ""}, Case{"only a comment", " (x)"}));

class FieldName : public testing::TestWithParam<Case> {};

TEST_P(FieldName, IsRecognised) {
  EXPECT_TRUE(claimed(GetParam().value + ": gate.example.com; dkim=pass\r\n"));
}

INSTANTIATE_TEST_SUITE_P(Table, FieldName,
                         testing::Values(Case{"lower case", "authentication-results"},
                                         Case{"upper case", "AUTHENTICATION-RESULTS"},
                                         Case{"space before the colon", "Authentication-Results "},
                                         Case{"tabs before the colon", "Authentication-Results\t\t"},
                                         Case{"folded before the colon", "Authentication-Results\r\n "},
                                         Case{"space in front", " Authentication-Results"},
                                         Case{"control octet inside", "Authentication-\x01Results"},
                                         Case{"8-bit octet behind", "Authentication-Results\xa0"}));

class Foreign : public testing::TestWithParam<Case> {};

TEST_P(Foreign, Stays) { EXPECT_FALSE(claimed(GetParam().value + "\r\n")); }

INSTANTIATE_TEST_SUITE_P(
    Table, Foreign,
    testing::Values(
        Case{"another name", "Authentication-Results: mx.other.example; dkim=pass"},
        Case{"our name as a value",
             "Authentication-Results: mx.other.example; spf=pass smtp.helo=gate.example.com"},
        Case{"our name in a later comment",
             "Authentication-Results: other.example; spf=pass (for gate.example.com)"},
        Case{"our parent", "Authentication-Results: example.com; dkim=pass"},
        Case{"our child", "Authentication-Results: a.gate.example.com; dkim=pass"},
        Case{"ours at the front of a longer name",
             "Authentication-Results: gate.example.com.evil.example; dkim=pass"},
        Case{"ours at the end of a label", "Authentication-Results: xgate.example.com; dkim=pass"},
        Case{"a hyphen more", "Authentication-Results: new-gate.example.com; dkim=pass"},
        Case{"another U-label", "Authentication-Results: bücher.example; dkim=pass"},
        Case{"a percent sign elsewhere", "Authentication-Results: other%2.example; dkim=pass"},
        Case{"a comment without end elsewhere", "Authentication-Results: other.example; dkim=pass (x"},
        Case{"ARC has its own field", "ARC-Authentication-Results: i=1; gate.example.com; dkim=pass"},
        Case{"an old one renamed", "X-Authentication-Results: gate.example.com; dkim=pass"},
        Case{"a longer name", "Authentication-Results-Original: gate.example.com; dkim=pass"},
        Case{"no colon", "Authentication-Results gate.example.com"},
        Case{"another field", "Subject: Authentication-Results: gate.example.com"}));

TEST(Claim, OurNameIsComparedAsLabels) {
  EXPECT_TRUE(claimed("Authentication-Results: xn--bcher-kva.example; dkim=pass\r\n", "bücher.example"));
  EXPECT_TRUE(claimed("Authentication-Results: bücher.example; dkim=pass\r\n", "xn--bcher-kva.example"));
  EXPECT_TRUE(claimed("Authentication-Results: the gate; dkim=pass\r\n", "The Gate"));
  EXPECT_TRUE(claimed("Authentication-Results: gate.example.com; dkim=pass\r\n", "Gate.Example.Com."));
}

// Every field in the third-party messages with that name goes, those of others stay.
TEST(Claim, ThirdPartyMessages) {
  const std::filesystem::path directory = support::conformance_dir() / "authres";
  if (!std::filesystem::exists(directory)) GTEST_SKIP() << "no third-party messages at " << directory;
  std::size_t ours = 0;
  std::size_t others = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    if (file.path().extension() != ".eml") continue;
    std::ifstream in(file.path(), std::ios::binary);
    std::string text;
    for (std::string line; std::getline(in, line);) {
      if (line.ends_with('\r')) line.pop_back();
      text += line + "\r\n";
    }
    const auto message = Message::parse(text);
    for (const Field* field : message->find("Authentication-Results")) {
      const std::string value = unfold(field->value);
      const bool expected = value.starts_with("example.net") || value.starts_with("dkim=");
      EXPECT_EQ(claims(*field, "example.net"), expected) << file.path() << ": " << value;
      ++(expected ? ours : others);
    }
  }
  EXPECT_GE(ours, 10u);
  EXPECT_GE(others, 5u);
}

TEST(Claim, LongFieldsAreReadToTheirEnd) {
  const auto filled = [](std::string_view part) {
    std::string value;
    while (value.size() < 256 * 1024) value += part;
    return "Authentication-Results: other.example " + value;
  };
  for (const std::string_view part : {"(", "\"", ".", "gate.example.com.x ", "(a)", "\\\\"}) {
    EXPECT_FALSE(claimed(filled(part) + "\r\n")) << part;
    EXPECT_TRUE(claimed(filled(part) + " gate.example.com\r\n")) << part;
  }
}

}  // namespace
}  // namespace gateway::trace
