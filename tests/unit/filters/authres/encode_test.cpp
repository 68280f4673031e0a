#include "filters/authres/encode.h"

#include <gtest/gtest.h>

#include "policy/facts/message.h"

#include "filters/authres/parse.h"

namespace filters::authres {
namespace {

// The value of the one field that `field` must be.
std::string value_of(const std::string& field) {
  const policy::Message message(field);
  EXPECT_EQ(message.fields().size(), 1u) << field;
  EXPECT_EQ(message.fields().at(0).name, "Authentication-Results");
  return std::string(message.fields().at(0).value);
}

Resinfo spf(std::string value, std::string reason = {}) {
  return {.method = "spf",
          .result = "pass",
          .reason = std::move(reason),
          .properties = {{"smtp", "mailfrom", std::move(value)}}};
}

TEST(Encode, WritesEveryPart) {
  const AuthenticationResults results{
      .authserv_id = "gate.example.com",
      .version = 2,
      .resinfos = {{.method = "dkim",
                    .method_version = 3,
                    .result = "fail",
                    .reason = "bad signature",
                    .properties = {{"header", "d", "a.example"}, {"", "action", "none"}}},
                   {.method = "x-new", .result = "maybe"}}};
  const std::string field = encode(results);
  EXPECT_EQ(field,
            "Authentication-Results: gate.example.com 2;\r\n dkim/3=fail reason=\"bad signature\" "
            "header.d=a.example action=none;\r\n x-new=maybe\r\n");
  EXPECT_EQ(parse(value_of(field)), results);
}

TEST(Encode, WritesNone) {
  EXPECT_EQ(encode({.authserv_id = "a"}), "Authentication-Results: a; none\r\n");
  EXPECT_EQ(encode({.authserv_id = ""}), "Authentication-Results: \"\"; none\r\n");
  EXPECT_EQ(encode({.authserv_id = "a b@c"}), "Authentication-Results: \"a b@c\"; none\r\n");
  EXPECT_EQ(encode({.authserv_id = "a@c"}), "Authentication-Results: \"a@c\"; none\r\n");
}

// A word that is none would let its writer choose the syntax.
TEST(Encode, LeavesOutWhatIsNoWord) {
  for (const std::string bad : {"", "a b", "a;b", "a=b", "a\r\nb", "a.b", "(a)", "\"a\"", "\xc3\xbc"}) {
    EXPECT_EQ(encode({.authserv_id = "g", .resinfos = {{.method = bad, .result = "pass"}}}),
              "Authentication-Results: g; none\r\n");
    EXPECT_EQ(encode({.authserv_id = "g", .resinfos = {{.method = "spf", .result = bad}, spf("a")}}),
              "Authentication-Results: g;\r\n spf=pass smtp.mailfrom=a\r\n");
    if (bad == "a.b") continue;
    EXPECT_EQ(encode({.authserv_id = "g",
                      .resinfos = {{.method = "spf", .result = "pass", .properties = {{"smtp", bad, "x"}}}}}),
              "Authentication-Results: g;\r\n spf=pass\r\n");
  }
  EXPECT_EQ(encode({.authserv_id = "g",
                    .resinfos = {{.method = "spf", .result = "pass", .properties = {{"", "reason", "x"}}}}}),
            "Authentication-Results: g;\r\n spf=pass\r\n")
      << "it would be read as the reason";
}

// A property cannot come to stand behind the result before its own.
TEST(Encoder, WritesNoPropertyOfAResultThatIsLeftOut) {
  std::string field;
  Encoder encoder(field, "g", false);
  encoder.property("smtp.mailfrom", "early");
  EXPECT_TRUE(encoder.result("spf", "pass", ""));
  EXPECT_FALSE(encoder.result("s p f", "pass", ""));
  encoder.property("smtp.mailfrom", "late");
  encoder.end();
  EXPECT_EQ(field, "Authentication-Results: g;\r\n spf=pass\r\n");
}

// Whatever octets the parts are made of, the field is one, of as many results, and what is read from it is
// written the same again.
TEST(Encode, HoldsTogetherWhateverStandsInIt) {
  std::vector<std::string> hostile{std::string(9000, '"'),
                                   std::string(9000, '\\'),
                                   std::string(9000, 'a'),
                                   std::string(317, 'a') + "\xe2\x80\xa6\x01",
                                   std::string(318, 'a') + "\xc3\xbc\xc3\xbc",
                                   std::string(9000, ' '),
                                   std::string(158, 'b') + "\x01",
                                   "a; dkim=pass",
                                   "a (comment",
                                   "\"",
                                   "a\r\nEvil: 1",
                                   "a\r\n\r\nbody",
                                   "\xe2\x80\xae",
                                   "=?utf-8?q?a?="};
  for (unsigned octet = 0; octet < 256; ++octet) {
    hostile.push_back(std::string(1, static_cast<char>(octet)));
    hostile.push_back("a" + std::string(1, static_cast<char>(octet)) + "b");
    hostile.push_back("a \\" + std::string(1, static_cast<char>(octet)));
  }
  for (const bool utf8 : {false, true})
    for (const std::string& text : hostile) {
      const std::string field = encode({.authserv_id = text, .resinfos = {spf(text, text), spf(text)}}, utf8);
      const auto read = parse(value_of(field));
      ASSERT_TRUE(read) << field;
      ASSERT_EQ(read->resinfos.size(), 2u) << field;
      EXPECT_EQ(read->resinfos[0].properties.size(), 1u) << field;
      EXPECT_EQ(read->authserv_id, read->resinfos[1].properties[0].value);
      EXPECT_LE(read->authserv_id.size(), kLongestValue);
      EXPECT_LE(read->resinfos[0].reason.size(), kLongestReason);
      EXPECT_EQ(encode(*read, utf8), field);
      for (const char c : field)
        if (!utf8) ASSERT_TRUE(c >= 0x20 || c == '\r' || c == '\n') << field;
    }
}

TEST(Encode, KeepsWhatIsPrintable) {
  for (const std::string text :
       {"a", "a b", "\"", "\\", "a\\\"b", "a;b=c", "(a)", "x@y", "x@y@z", "=?utf-8?q?a?="}) {
    const AuthenticationResults results{.authserv_id = text, .resinfos = {spf(text, text)}};
    EXPECT_EQ(parse(value_of(encode(results))), results) << text;
  }
}

TEST(Encode, CutsBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "ü";
  const auto read = parse(value_of(encode({.authserv_id = "g", .resinfos = {spf(text)}}, true)));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->resinfos[0].properties[0].value, text.substr(0, 316) + "…");
  EXPECT_EQ(encode({.authserv_id = std::string(400, 'a')}),
            "Authentication-Results: " + std::string(317, 'a') + "...; none\r\n");
}

}  // namespace
}  // namespace filters::authres
