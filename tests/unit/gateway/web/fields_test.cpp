// Queries, forms and cookies as browsers and others send them.
#include "gateway/web/fields.h"

#include <gtest/gtest.h>

namespace gateway::web {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Fields, are_read_as_browsers_write_them) {
  const auto fields = Fields::parse("a=1&b=two+words%21&a=2&c&=x&&d=e=f");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->pairs(),
            (Pairs{{"a", "1"}, {"b", "two words!"}, {"a", "2"}, {"c", ""}, {"", "x"}, {"d", "e=f"}}));
  EXPECT_EQ(fields->get("a"), "1");
  EXPECT_EQ(fields->all("a"), (std::vector<std::string_view>{"1", "2"}));
  EXPECT_TRUE(fields->has("c"));
  EXPECT_FALSE(fields->has("e"));
  EXPECT_EQ(fields->get("e"), "");
}

TEST(Fields, keep_any_octet) {
  const auto fields = Fields::parse("a=%00%ff%0d%0A");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->get("a"), std::string_view("\0\xff\r\n", 4));
}

TEST(Fields, are_refused_when_broken) {
  for (const char* const broken : {"a=%", "a=%4", "a=%4g", "%zz=1"})
    EXPECT_FALSE(Fields::parse(broken)) << broken;
}

TEST(Fields, are_bounded) {
  std::string many;
  for (std::size_t i = 0; i < Fields::kMost; ++i) many += "a&";
  EXPECT_TRUE(Fields::parse(many));
  EXPECT_FALSE(Fields::parse(many + "a"));
}

TEST(Cookie, is_found_among_others) {
  EXPECT_EQ(cookie("a=1; __Host-b=2;c = 3", "__Host-b"), "2");
  EXPECT_EQ(cookie("a=b=c", "a"), "b=c");
  EXPECT_EQ(cookie("xa=1; a=2", "a"), "2");
  for (const char* const none : {"", "a", ";;;", "b=1", "A=1", "ab=1"})
    EXPECT_FALSE(cookie(none, "a")) << none;
}

TEST(Cookie, that_somebody_doubled_is_none) {
  EXPECT_FALSE(cookie("a=1; a=2", "a"));
  EXPECT_EQ(cookie("a=1; a=1", "a"), "1");
}

TEST(FieldsInJson, AreTextsAndListsOfTexts) {
  const auto fields = Fields::parse_json(R"( {"id": ["1", "\u00e9", "1"], "to": "a b", "none": []} )");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->all("id"), (std::vector<std::string_view>{"1", "\u00e9", "1"}));
  EXPECT_EQ(fields->get("to"), "a b");
  EXPECT_FALSE(fields->has("none"));
}

TEST(FieldsInJson, AreYesAndNo) {
  const auto fields = Fields::parse_json(R"({"again": true, "more": [false, "yes"]})");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->get("again"), "yes");
  EXPECT_EQ(fields->all("more"), (std::vector<std::string_view>{"no", "yes"}));
}

TEST(FieldsInJson, AreNothingElse) {
  for (const char* const broken :
       {"", "id=1", "[]", "\"id\"", R"({"id": 1})", R"({"id": {"a": "b"}})", R"({"id": [["a"]]})",
        R"({"id": null})", R"({"id": truth})", R"({"id": "1"} x)", R"({"id": "1")", R"({"id": ["1")"})
    EXPECT_FALSE(Fields::parse_json(broken)) << broken;
  std::string many = "{\"id\": [\"0\"";
  for (std::size_t i = 1; i < Fields::kMost; ++i) many += ",\"1\"";
  EXPECT_TRUE(Fields::parse_json(many + "]}"));
  EXPECT_FALSE(Fields::parse_json(many + ",\"1\"]}"));
}

}  // namespace
}  // namespace gateway::web
