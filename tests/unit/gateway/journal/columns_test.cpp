#include "gateway/journal/columns.h"

#include <gtest/gtest.h>

namespace gateway::journal {
namespace {

TEST(Columns, AreThoseOfATerminal) {
  EXPECT_EQ(columns(""), 0u);
  EXPECT_EQ(columns("abc"), 3u);
  EXPECT_EQ(columns("M\xc3\xbcller"), 6u);
  EXPECT_EQ(columns("Mu\xcc\x88ller"), 6u) << "a mark stands over its letter";
  EXPECT_EQ(columns("\xe8\xa6\x8b\xe7\xa9\x8d"), 4u);
  EXPECT_EQ(columns("\xf0\x9f\x98\x80"), 2u);
  EXPECT_EQ(columns("a\xe2\x80\x8b"
                    "b"),
            2u)
      << "a zero-width space";
  EXPECT_EQ(columns("\xff"), 1u);
}

TEST(Columns, WhatIsTooLongEndsInAnEllipsis) {
  EXPECT_EQ(fitted("abcd", 4), "abcd");
  EXPECT_EQ(fitted("abcde", 4), "abc\xe2\x80\xa6");
  EXPECT_EQ(fitted("abcde", 1), "\xe2\x80\xa6");
  EXPECT_EQ(fitted("abcde", 0), "");
  EXPECT_EQ(fitted("\xe8\xa6\x8b\xe7\xa9\x8d\xe6\x9b\xb8", 4), "\xe8\xa6\x8b\xe2\x80\xa6")
      << "half of one is none";
  EXPECT_LE(columns(fitted("\xe8\xa6\x8b\xe7\xa9\x8d\xe6\x9b\xb8", 4)), 4u);
}

}  // namespace
}  // namespace gateway::journal
