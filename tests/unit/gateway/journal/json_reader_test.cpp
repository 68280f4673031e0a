#include "gateway/journal/json_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "gateway/journal/json_writer.h"
#include "tests/support/named.h"

namespace gateway::journal {
namespace {

using Kind = JsonReader::Kind;

// All of it, in a notation of its own.
std::string told(JsonReader& json) {
  std::string text;
  switch (json.kind()) {
    case Kind::object:
      json.object([&](std::string_view name) {
        text.append(name).append("=");
        text += told(json) + ";";
      });
      return "{" + text + "}";
    case Kind::array: json.array([&] { text += told(json) + ","; }); return "[" + text + "]";
    case Kind::text: return "'" + std::string(json.text().value_or("?")) + "'";
    case Kind::number: return fmt::format("{}", json.number().value_or(-1));
    case Kind::boolean: return json.boolean().value_or(false) ? "yes" : "no";
    default: json.skip(); return "-";
  }
}

struct Case {
  std::string name;
  std::string json;
  std::string expected;  // "failed" where it is none
};
POSTERN_NAMED(Case)

class Json : public testing::TestWithParam<Case> {};

TEST_P(Json, IsRead) {
  JsonReader json(GetParam().json);
  const std::string found = told(json);
  EXPECT_EQ(json.failed() || !json.at_end() ? "failed" : found, GetParam().expected);
}

// What is passed over ends where it would have ended read.
TEST_P(Json, IsPassedOver) {
  const std::string within = "[" + GetParam().json + ",7]";
  JsonReader json(within);
  std::size_t at = 0;
  double last = 0;
  const bool whole = json.array([&] {
    if (at++ == 1) last = json.number().value_or(-1);
  });
  if (GetParam().expected != "failed") {
    EXPECT_TRUE(whole);
    EXPECT_EQ(last, 7);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Json,
    testing::Values(
        Case{"object", R"({"a":1,"b":[true,false,null],"c":{}})", "{a=1;b=[yes,no,-,];c={};}"},
        Case{"blanks", " { \"a\" : [ 1 , 2 ] , \"b\" : \"x\" } ", "{a=[1,2,];b='x';}"},
        Case{"nothing in it", "[]", "[]"}, Case{"numbers", "[-1.5,0.1,1e3,20]", "[-1.5,0.1,1000,20,]"},
        Case{"escapes", R"("\"\\\/\b\f\n\r\t")", "'\"\\/\b\f\n\r\t'"},
        Case{"code points", R"("\u00e9 \u20AC \ud83d\ude00")", "'é € 😀'"},
        Case{"NUL", R"(["a\u0000b"])", std::string("['a\0b',]", 8)},
        Case{"brackets in texts", R"({"a":"]}","b":"\"}"})", "{a=']}';b='\"}';}"},
        Case{"torn text", R"({"a":"b)", "failed"}, Case{"torn escape", "\"a\\", "failed"},
        Case{"torn code point", R"("\u12)", "failed"}, Case{"torn object", R"({"a":1)", "failed"},
        Case{"torn name", R"({"a)", "failed"}, Case{"no value", R"({"a":})", "failed"},
        Case{"no colon", R"({"a" 1})", "failed"}, Case{"no comma", "[1 2]", "failed"},
        Case{"comma at the end", "[1,]", "failed"}, Case{"wrong bracket", "[1}", "failed"},
        Case{"half a pair", R"("\ud83d")", "failed"}, Case{"the other half", R"("\ude00")", "failed"},
        Case{"unknown escape", R"("\x41")", "failed"}, Case{"raw control octet", "\"a\nb\"", "failed"},
        Case{"no word", "nul", "failed"}, Case{"half a word", "tru", "failed"},
        Case{"no number", "[-]", "failed"}, Case{"two points", "1.2.3", "failed"},
        Case{"infinite", "[-inf]", "failed"}, Case{"nothing", "", "failed"},
        Case{"more behind it", "{} {}", "failed"}, Case{"no JSON", "hello", "failed"}));

TEST(JsonReader, gives_nothing_for_another_kind_and_goes_on) {
  JsonReader json(R"([{"a":["]"]}, "x", 1, "last"])");
  std::vector<bool> found;
  std::string last;
  EXPECT_TRUE(json.array([&] {
    if (found.size() == 3) {
      last = json.text().value_or("");
      return;
    }
    found.push_back(found.empty()       ? json.text().has_value()
                    : found.size() == 1 ? json.number().has_value()
                                        : json.object([](std::string_view) {}));
  }));
  EXPECT_EQ(found, std::vector<bool>(3, false));
  EXPECT_EQ(last, "last");
}

TEST(JsonReader, goes_down_no_deeper_than_its_bound) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  const std::string fits = nested(JsonReader::kDepth);
  const std::string deeper = nested(JsonReader::kDepth + 1);
  JsonReader shallow(fits);
  told(shallow);
  EXPECT_FALSE(shallow.failed());
  JsonReader deep(deeper);
  told(deep);
  EXPECT_TRUE(deep.failed());
  const std::string abyss = nested(1'000'000);
  JsonReader over(abyss);
  over.skip();
  EXPECT_TRUE(over.at_end()) << "what is passed over costs no depth";
}

TEST(JsonReader, reads_what_the_writer_writes) {
  std::string odd;
  for (int c = 0; c < 256; ++c) odd += static_cast<char>(c);
  const std::string ascii = odd.substr(0, 128);
  JsonWriter writer;
  writer.begin_array().text(ascii).number(0.1).number(1e300).integer(-5).boolean(true).end_array();
  JsonReader json(writer.view());
  std::size_t at = 0;
  EXPECT_TRUE(json.array([&] {
    switch (at++) {
      case 0: EXPECT_EQ(json.text(), ascii); break;
      case 1: EXPECT_EQ(json.number(), 0.1); break;
      case 2: EXPECT_EQ(json.number(), 1e300); break;
      case 3: EXPECT_EQ(json.number(), -5); break;
      default: EXPECT_EQ(json.boolean(), true);
    }
  }));
  EXPECT_EQ(at, 5u);
}

}  // namespace
}  // namespace gateway::journal
