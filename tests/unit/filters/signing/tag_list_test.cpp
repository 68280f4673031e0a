// The tag=value list of RFC 6376 §3.2 and the base64 of its values.
#include "filters/signing/tag_list.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace filters::signing {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::string expect;  // "name=value|…", or "error: …"
};
POSTERN_NAMED(Case)

std::string shown(const std::string& text) {
  const Result<TagList> list = TagList::parse(text);
  if (!list) return "error: " + list.error().text();
  std::string out;
  for (const Tag& tag : list->tags())
    out.append(out.empty() ? "" : "|").append(tag.name).append("=").append(tag.value);
  return out;
}

std::string many(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "t" + std::to_string(i) + "=;";
  return text;
}

class TagLists : public testing::TestWithParam<Case> {};

TEST_P(TagLists, Parse) { EXPECT_EQ(shown(GetParam().text), GetParam().expect); }

INSTANTIATE_TEST_SUITE_P(
    Table, TagLists,
    testing::Values(
        Case{"plain", "v=1;a=b", "v=1|a=b"},
        Case{"white space and folds around", " v =\t1 ;\r\n\ta = b ;", "v=1|a=b"},
        Case{"white space behind the last semicolon", "v=1;\r\n ", "v=1"},
        Case{"white space inside is kept", "p=ab\r\n cd", "p=ab\r\n cd"},
        Case{"an equals sign belongs to the value", "bh=abc==", "bh=abc=="},
        Case{"an empty value is a value", "p=", "p="}, Case{"names keep their case", "A=1;a=2", "A=1|a=2"},
        Case{"utf-8 in a value, RFC 8616", "d=\xc3\xa9.example", "d=\xc3\xa9.example"},
        Case{"underscore and digits in a name", "x_9=1", "x_9=1"}, Case{"empty", "", "error: no tags at all"},
        Case{"only white space", " \t", "error: no tags at all"},
        Case{"only a semicolon", ";", "error: \"\" is no tag=value"},
        Case{"an empty tag in the middle", "v=1;;a=b", "error: \"\" is no tag=value"},
        Case{"no equals sign", "v=1;junk;a=b", "error: \"junk\" is no tag=value"},
        Case{"no name", "=1", "error: \"\" is no tag name"},
        Case{"a name starting with a digit", "1a=1", "error: \"1a\" is no tag name"},
        Case{"white space inside a name", "a b=1", "error: \"a b\" is no tag name"},
        Case{"the same tag twice", "a=1;b=2;a=1", "error: tag a= occurs twice"},
        Case{"NUL in a value", std::string("a=x\0y", 5), "error: tag a= holds a control character"},
        Case{"too many tags", many(101), "error: over 100 tags"},
        Case{"too long", "a=" + std::string(32768, 'x'), "error: tag list over 32768 octets"}));

TEST(TagLists, AllowsAHundredTags) { EXPECT_EQ(TagList::parse(many(100))->tags().size(), 100u); }

TEST(TagLists, FindsByName) {
  const Result<TagList> list = TagList::parse("a=1; b=2");
  ASSERT_TRUE(list);
  ASSERT_NE(list->find("b"), nullptr);
  EXPECT_EQ(*list->find("b"), "2");
  EXPECT_EQ(list->find("B"), nullptr);
}

TEST(TagLists, SplitsAtColons) {
  using Words = std::vector<std::string_view>;
  EXPECT_EQ(split_colons("From : To:\r\n Subject"), (Words{"From", "To", "Subject"}));
  EXPECT_EQ(split_colons("a::b:"), (Words{"a", "", "b", ""}));
  EXPECT_EQ(split_colons(""), (Words{""}));
}

struct Base64 {
  std::string name;
  std::string text;
  std::string expect;
};
POSTERN_NAMED(Base64)

class Base64Text : public testing::TestWithParam<Base64> {};

TEST_P(Base64Text, Decodes) {
  const std::optional<std::string> octets = decode_base64(GetParam().text);
  EXPECT_EQ(octets ? *octets : "error", GetParam().expect);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Base64Text,
    testing::Values(Base64{"empty", "", ""}, Base64{"one octet", "Zg==", "f"},
                    Base64{"two octets", "Zm8=", "fo"}, Base64{"three octets", "Zm9v", "foo"},
                    Base64{"six octets", "Zm9vYmFy", "foobar"},
                    Base64{"plus and slash", "+/+/", "\xfb\xff\xbf"}, Base64{"no padding", "Zg", "error"},
                    Base64{"padding inside", "Zg==Zm9v", "error"}, Base64{"three pads", "Z===", "error"},
                    Base64{"pad, then letter", "Zg=v", "error"}, Base64{"url alphabet", "-_-_", "error"},
                    Base64{"only pads", "====", "error"}));

}  // namespace
}  // namespace filters::signing
