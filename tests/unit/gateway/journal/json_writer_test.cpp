#include "gateway/journal/json_writer.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace gateway::journal {
namespace {

namespace json = boost::json;

std::string text(std::string_view octets) { return JsonWriter().text(octets).str(); }
std::string octets(std::string_view octets) { return JsonWriter().octets(octets).str(); }
std::string parsed(const std::string& text) { return json::value_to<std::string>(json::parse(text)); }

TEST(JsonWriter, nests_and_separates) {
  JsonWriter writer;
  writer.begin_object()
      .key("a")
      .begin_array()
      .integer(1)
      .boolean(true)
      .null()
      .begin_array()
      .end_array()
      .end_array();
  writer.key("b").begin_object().end_object().key_of("c").text("x").key("d").octets("y").end_object();
  EXPECT_EQ(writer.str(), R"({"a":[1,true,null,[]],"b":{},"c":"x","d":"y"})");
}

TEST(JsonWriter, every_octet_of_text_comes_back) {
  for (int octet = 0; octet < 0x80; ++octet) {
    const std::string one = std::string("<") + static_cast<char>(octet) + ">";
    EXPECT_EQ(text(one).find('\n'), std::string::npos);
    EXPECT_EQ(parsed(text(one)), one) << octet;
  }
  EXPECT_EQ(text("größer"), "\"größer\"");
  EXPECT_EQ(text({}), "\"\"");
}

// What the octets of a text, of octets and of a name must come to, octet by octet.
std::string escaped(unsigned char octet) {
  switch (octet) {
    case '"': return R"(\")";
    case '\\': return R"(\\)";
    case '\b': return R"(\b)";
    case '\f': return R"(\f)";
    case '\n': return R"(\n)";
    case '\r': return R"(\r)";
    case '\t': return R"(\t)";
    default: break;
  }
  char shown[8] = {static_cast<char>(octet), '\0'};
  if (octet < 0x20 || octet == 0x7f) std::snprintf(shown, sizeof shown, "\\u%04x", octet);
  return shown;
}

// Text is looked at in blocks: around their width, with every octet at every place.
TEST(JsonWriter, no_octet_slips_through_at_any_place) {
  for (std::size_t size = 1; size <= 40; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (unsigned value = 0; value < 256; ++value) {
        const auto octet = static_cast<unsigned char>(value);
        std::string one(size, 'a');
        one[at] = static_cast<char>(octet);
        std::string hex(8, '\0');
        hex.resize(static_cast<std::size_t>(std::snprintf(hex.data(), hex.size(), "\\\\x%02x", value)));
        const std::string left = "\"" + std::string(at, 'a');
        const std::string right = std::string(size - at - 1, 'a') + "\"";
        const std::string shown = octet < 0x80 ? escaped(octet) : hex;
        ASSERT_EQ(text(one), left + shown + right);
        ASSERT_EQ(JsonWriter().key_of(one).str(), left + shown + right + ":");
        std::string point = {static_cast<char>(0xc0 | octet >> 6), static_cast<char>(0x80 | (octet & 0x3f))};
        if (octet >= 0x80 && octet < 0xa0) {
          point.resize(6);
          std::snprintf(point.data(), 7, "\\u%04x", value);
        }
        ASSERT_EQ(octets(one), left + (octet < 0x80 ? escaped(octet) : point) + right);
      }
}

TEST(JsonWriter, what_is_no_utf8_is_shown_in_hex) {
  EXPECT_EQ(parsed(text("a\xff\"")), "a\\xff\"");
  // DEL is shown where the text is no UTF-8, and only there.
  EXPECT_EQ(text("a\x7f\xff"), R"("a\\x7f\\xff")");
  EXPECT_EQ(text("a\x7fü"), R"("a\u007fü")");
}

// What acts on a terminal or a page in the place of being shown.
TEST(JsonWriter, controls_of_the_display_are_escaped_and_come_back) {
  for (const auto& [point, escaped] :
       std::initializer_list<std::pair<const char*, const char*>>{{"\x7f", "\\u007f"},
                                                                  {"\xc2\x85", "\\u0085"},
                                                                  {"\xc2\x9b", "\\u009b"},
                                                                  {"\xd8\x9c", "\\u061c"},
                                                                  {"\xe2\x80\x8e", "\\u200e"},
                                                                  {"\xe2\x80\xa8", "\\u2028"},
                                                                  {"\xe2\x80\xae", "\\u202e"},
                                                                  {"\xe2\x81\xa6", "\\u2066"},
                                                                  {"\xef\xbb\xbf", "\\ufeff"}}) {
    const std::string one = std::string("ü") + point + "<b>";
    EXPECT_EQ(text(one), std::string("\"ü") + escaped + "<b>\"");
    EXPECT_EQ(parsed(text(one)), one);
  }
  EXPECT_EQ(text("\xc2\xa0\xe2\x82\xac😀"), "\"\xc2\xa0\xe2\x82\xac😀\"");
}

TEST(JsonWriter, octets_are_code_points) {
  std::string every;
  for (int octet = 0; octet < 256; ++octet) every.push_back(static_cast<char>(octet));
  const std::string utf8 = parsed(octets(every));
  EXPECT_EQ(utf8.size(), 128u + 2 * 128u);
  EXPECT_EQ(utf8.substr(0, 128), every.substr(0, 128));
  EXPECT_EQ(utf8.substr(128, 2), "\xc2\x80");
  EXPECT_EQ(utf8.substr(382), "\xc3\xbf");
}

TEST(JsonWriter, numbers) {
  const auto shown = [](double value) { return JsonWriter().number(value).str(); };
  EXPECT_EQ(shown(4), "4");
  EXPECT_EQ(shown(-0.5), "-0.5");
  EXPECT_EQ(shown(0.1), "0.1");
  EXPECT_EQ(shown(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(shown(std::numeric_limits<double>::quiet_NaN()), "null");
  for (const double value : {1e300, -std::numeric_limits<double>::max(), 9007199254740994.0,
                             -std::numeric_limits<double>::min(), 5e-324, -1.2345678901234567e-300})
    EXPECT_EQ(std::strtod(shown(value).c_str(), nullptr), value);
  EXPECT_EQ(JsonWriter().integer(std::numeric_limits<std::int64_t>::min()).str(), "-9223372036854775808");
}

// The room grows under every kind of piece, however much of it is left.
TEST(JsonWriter, long_texts_find_room) {
  for (const std::size_t size : {0, 1, 8150, 8180, 8185, 8188, 8189, 8190, 8191, 8192, 8193, 100000}) {
    const std::string one(size, 'a');
    const std::string odd = one + "\x01";
    JsonWriter writer;
    writer.begin_object().key("a").text(one).key_of(odd).octets(odd + "\xff").key("n").number(-0.125);
    writer.key("b").begin_array().boolean(false).null().text(odd).text("ü" + odd).end_array().end_object();
    const json::object read = json::parse(writer.str()).as_object();
    ASSERT_EQ(read.size(), 4u);
    EXPECT_EQ(json::value_to<std::string>(read.at("a")), one);
    EXPECT_EQ(json::value_to<std::string>(read.at(odd)), odd + "ÿ");
    EXPECT_EQ(json::value_to<std::string>(read.at("b").as_array().at(3)), "ü" + odd);
  }
}

TEST(JsonWriter, one_within_the_life_of_another_has_its_own_room) {
  JsonWriter outer;
  outer.begin_array().text("outer");
  EXPECT_EQ(text("inner"), "\"inner\"");
  outer.text("still").end_array();
  EXPECT_EQ(outer.str(), R"(["outer","still"])");
}

}  // namespace
}  // namespace gateway::journal
