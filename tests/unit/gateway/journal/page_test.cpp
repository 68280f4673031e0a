#include "gateway/journal/page.h"

#include <gtest/gtest.h>

namespace gateway::journal {
namespace {

TEST(Page, a_section_without_lines_does_not_appear) {
  Page page({});
  page.section("one");
  page.section("two");
  page.line("here");
  EXPECT_EQ(page.take(), "two\n  here\n");
}

TEST(Page, paragraphs_are_broken_at_the_width_and_hang) {
  Page page({.colour = false, .width = 40});
  page.paragraph(4, "the message was changed after it was signed, by a list or a scanner", 2);
  EXPECT_EQ(page.take(),
            "    the message was changed after it was\n"
            "      signed, by a list or a scanner\n");
}

TEST(Page, without_a_width_they_are_not) {
  Page page({});
  page.paragraph(0, std::string(500, 'a') + " b");
  EXPECT_EQ(page.take(), std::string(500, 'a') + " b\n");
}

TEST(Page, a_word_longer_than_the_page_stands_on_a_line_of_its_own) {
  Page page({.colour = false, .width = 40});
  page.paragraph(0, "a " + std::string(60, 'b') + " c", 1);
  EXPECT_EQ(page.take(), "a\n " + std::string(60, 'b') + "\n c\n");
}

TEST(Page, letters_of_several_octets_are_one_column) {
  Page page({.colour = false, .width = 40});
  std::string text;
  for (int i = 0; i < 40; ++i) text += "\xc3\xa9";
  page.paragraph(0, text.substr(0, 38) + " " + text.substr(0, 40), 0);
  EXPECT_EQ(page.take(), text.substr(0, 38) + " " + text.substr(0, 40) + "\n");
}

TEST(Page, colours_stand_around_what_has_a_tone) {
  Page page({.colour = true, .width = 0});
  page.section("found");
  page.line("  a.example", "fail", Page::Tone::bad);
  page.line("", "pass  ", Page::Tone::good);
  EXPECT_EQ(page.take(), "\x1b[1mfound\x1b[0m\n  \x1b[31mfail\x1b[0m  a.example\n  \x1b[32mpass\x1b[0m\n");
}

TEST(Page, what_comes_from_outside_brings_no_colours) {
  Page page({.colour = true, .width = 60});
  page.line("\x1b[31mred", "\x1b[2J");
  page.paragraph(0, "\x1b[0m and \x9b");
  const std::string shown = page.take();
  EXPECT_EQ(shown.find('\x1b'), shown.npos);
  EXPECT_EQ(shown.find('\x9b'), shown.npos);
}

}  // namespace
}  // namespace gateway::journal
