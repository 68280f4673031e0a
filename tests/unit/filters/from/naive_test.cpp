// The strict reading beside a second one without a grammar, on values made by chance: whatever is taken names
// one domain wherever a mail reader may look for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "filters/from/author.h"
#include "filters/from/mailbox_list.h"
#include "tests/support/naive_from.h"

namespace filters::from {
namespace {

std::string value_by_chance(std::mt19937& random) {
  static const std::string kPieces[] = {"x",
                                        "y.z",
                                        "@",
                                        "@",
                                        "a.example",
                                        "A.example",
                                        "b.example",
                                        "<",
                                        ">",
                                        "<x@a.example>",
                                        "x@a.example",
                                        "y@b.example",
                                        "(",
                                        ")",
                                        "(x@a.example)",
                                        "\"",
                                        "\"y@b.example\"",
                                        ",",
                                        ";",
                                        ":",
                                        " ",
                                        "\t",
                                        "\r\n ",
                                        "\\",
                                        ".",
                                        "..",
                                        "=?utf-8?q?y=40b.example?=",
                                        "=?utf-8?q?=3Cy=40b.example=3E?=",
                                        "'",
                                        "[192.0.2.1]",
                                        "\u00e9",
                                        "\xff"};
  std::string value;
  for (unsigned count = 1 + random() % 9; count > 0; --count) value += kPieces[random() % std::size(kPieces)];
  return value;
}

TEST(NaiveReading, AgreesWithWhatIsTaken) {
  std::mt19937 random(42);
  unsigned taken = 0;
  unsigned in_comments = 0;
  for (int i = 0; i < 300'000; ++i) {
    const std::string value = value_by_chance(random);
    const Author author = find_author(Message("From: " + value + "\r\n"), false);
    if (!author.defect.empty()) continue;
    ++taken;
    const auto signs = support::at_signs(value);
    ASSERT_FALSE(signs.empty()) << value;
    for (const support::AtSign& sign : signs) {
      const auto domain = Domain::parse(sign.domain);
      if (sign.in_comment && !domain) continue;  // "(at @ noon)"
      ASSERT_TRUE(domain) << value;
      ASSERT_EQ(domain->text(), author.address.domain().text()) << value;
      in_comments += sign.in_comment ? 1 : 0;
    }
  }
  EXPECT_GT(taken, 1000u);
  EXPECT_GT(in_comments, 10u);
}

// How the mailbox is written is read as the same again, by itself and in angle brackets.
TEST(NaiveReading, WhatIsTakenReadsAsTheSameAgain) {
  std::mt19937 random(43);
  for (int i = 0; i < 100'000; ++i) {
    const MailboxList list = parse_mailbox_list(value_by_chance(random), false);
    if (!list.defect.empty()) continue;
    for (const Address& address : list.mailboxes)
      for (const std::string& written : {address.text(), "<" + address.text() + ">"}) {
        const MailboxList again = parse_mailbox_list(written, false);
        ASSERT_EQ(again.defect, "") << written;
        ASSERT_EQ(again.mailboxes, std::vector{address}) << written;
      }
  }
}

}  // namespace
}  // namespace filters::from
