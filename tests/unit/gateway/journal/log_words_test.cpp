#include "gateway/journal/log_words.h"

#include <gtest/gtest.h>

#include <cmath>

#include "gateway/vocabulary.h"

namespace gateway::journal {
namespace {

std::string word(std::initializer_list<std::string_view> pieces) { return LogWords().word("", pieces).str(); }
std::string always_quoted(std::string_view text) { return LogWords().quoted("", text).str(); }

// Octet by octet, what printable text comes to in quotes.
std::string in_quotes(std::string_view printable_text) {
  std::string out = "\"";
  for (const char c : printable_text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// Around the width of a block, with every octet at every place.
TEST(LogWords, no_octet_slips_through_at_any_place) {
  const std::string plain = "@.-_+:/<>[]!#$%&*?~";
  for (std::size_t size = 1; size <= 40; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (unsigned value = 0; value < 256; ++value) {
        std::string text(size, 'a');
        const char c = text[at] = static_cast<char>(value);
        const bool alone = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           (c != '\0' && plain.find(c) != plain.npos);
        ASSERT_EQ(word({text}), alone ? text : in_quotes(printable(text))) << size << " octets, at " << at;
        ASSERT_EQ(always_quoted(text), in_quotes(printable(text))) << size << " octets, at " << at;
      }
}

TEST(LogWords, pieces_are_one_value) {
  EXPECT_EQ(word({}), "");
  EXPECT_EQ(word({"", ""}), "");
  EXPECT_EQ(word({"<", "a@b", ">"}), "<a@b>");
  EXPECT_EQ(word({"<", "a b", ">"}), "\"<a b>\"");
  // The octets of a character may come in two pieces.
  EXPECT_EQ(word({"\xc3", "\xbc"}), "\"ü\"");
  EXPECT_EQ(LogWords().word("id=", {"a"}).word(" x=", {"b\""}).word(" y=", {"c"}).str(),
            R"(id=a x="b\"" y=c)");
}

TEST(LogWords, long_values_are_cut) {
  for (std::size_t size = 250; size < 260; ++size) {
    const std::string text(size, 'a');
    const std::string cut = size <= 256 ? text : std::string(256, 'a') + "…";
    EXPECT_EQ(word({text}), size <= 256 ? text : "\"" + cut + "\"");
    EXPECT_EQ(word({"<", text, ">"}),
              size <= 254 ? "<" + text + ">" : in_quotes(printable("<" + text + ">")));
    EXPECT_EQ(always_quoted(text), "\"" + cut + "\"");
  }
}

TEST(LogWords, numbers) {
  EXPECT_EQ(LogWords().number("n=", 18446744073709551615u).seconds(" s=", 0.256).seconds(" t=", 3600).str(),
            "n=18446744073709551615 s=0.26 t=3600.00");
  EXPECT_EQ(LogWords().seconds("a=", 0).seconds(" b=", 0.004).seconds(" c=", 9.999).str(),
            "a=0.00 b=0.00 c=10.00");
  EXPECT_EQ(LogWords().seconds("a=", -1).seconds(" b=", std::nan("")).seconds(" c=", 1e300).str(),
            "a=0.00 b=0.00 c=1000000000000.00");
}

}  // namespace
}  // namespace gateway::journal
