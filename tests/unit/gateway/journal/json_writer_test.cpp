#include "gateway/journal/json_writer.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>

namespace gateway::journal {
namespace {

namespace json = boost::json;

TEST(JsonWriter, nests_and_separates) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object()
      .key("a")
      .begin_array()
      .integer(1)
      .boolean(true)
      .null()
      .begin_array()
      .end_array()
      .end_array();
  writer.key("b").begin_object().end_object().key("c").text("x").end_object();
  EXPECT_EQ(out, R"({"a":[1,true,null,[]],"b":{},"c":"x"})");
}

TEST(JsonWriter, every_octet_of_text_comes_back) {
  for (int octet = 0; octet < 0x80; ++octet) {
    const std::string text = std::string("<") + static_cast<char>(octet) + ">";
    std::string out;
    JsonWriter(out).text(text);
    EXPECT_EQ(out.find('\n'), out.npos);
    EXPECT_EQ(json::value_to<std::string>(json::parse(out)), text) << octet;
  }
  std::string out;
  JsonWriter(out).text("größer");
  EXPECT_EQ(out, "\"größer\"");
}

TEST(JsonWriter, what_is_no_utf8_is_shown_in_hex) {
  std::string out;
  JsonWriter(out).text("a\xff\"");
  EXPECT_EQ(json::value_to<std::string>(json::parse(out)), "a\\xff\"");
}

TEST(JsonWriter, octets_are_code_points) {
  std::string every;
  for (int octet = 0; octet < 256; ++octet) every.push_back(static_cast<char>(octet));
  std::string out;
  JsonWriter(out).octets(every);
  const std::string utf8 = json::value_to<std::string>(json::parse(out));
  EXPECT_EQ(utf8.size(), 128u + 2 * 128u);
  EXPECT_EQ(utf8.substr(0, 128), every.substr(0, 128));
  EXPECT_EQ(utf8.substr(128, 2), "\xc2\x80");
  EXPECT_EQ(utf8.substr(382), "\xc3\xbf");
}

TEST(JsonWriter, numbers) {
  const auto shown = [](double value) {
    std::string out;
    JsonWriter(out).number(value);
    return out;
  };
  EXPECT_EQ(shown(4), "4");
  EXPECT_EQ(shown(-0.5), "-0.5");
  EXPECT_EQ(shown(0.1), "0.1");
  EXPECT_EQ(shown(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(shown(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(json::value_to<double>(json::parse(shown(1e300))), 1e300);
}

}  // namespace
}  // namespace gateway::journal
