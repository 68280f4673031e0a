#include "policy/facts/shelf.h"

#include <gtest/gtest.h>

#include <string>

namespace policy {
namespace {

// Counts how many of its kind there are.
struct Counted {
  Counted() { ++in_places; }
  ~Counted() { --in_places; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  static inline int in_places = 0;
  std::string text;
};

TEST(Shelf, HoldsWhatWasPutThereAndNothingElse) {
  Shelf<Counted> shelf(200);  // more than one word of bits
  for (const std::size_t place : {0u, 63u, 64u, 127u, 128u, 199u})
    shelf.at(place).text = std::to_string(place);
  EXPECT_EQ(Counted::in_places, 6);
  for (std::size_t place = 0; place < 200; ++place) {
    const bool put = place == 0 || place == 63 || place == 64 || place == 127 || place == 128 || place == 199;
    const Counted* const found = shelf.find(place);
    ASSERT_EQ(found != nullptr, put) << place;
    if (found) EXPECT_EQ(found->text, std::to_string(place));
  }
}

TEST(Shelf, WhatStandsThereStaysWhereItIs) {
  Shelf<std::string> shelf(100);
  shelf.at(7) = "seven";
  const std::string* const seven = shelf.find(7);
  for (std::size_t place = 0; place < 100; ++place) shelf.at(place) += "!";
  EXPECT_EQ(shelf.find(7), seven);
  EXPECT_EQ(*seven, "seven!");
}

TEST(Shelf, TakesDownOnlyWhatWasPutThere) {
  ASSERT_EQ(Counted::in_places, 0);
  {
    Shelf<Counted> shelf(65);
    shelf.at(64);
    shelf.at(64);
    EXPECT_EQ(Counted::in_places, 1);
  }
  EXPECT_EQ(Counted::in_places, 0);
}

TEST(Shelf, MayHaveNoPlaces) { const Shelf<std::string> shelf(0); }

}  // namespace
}  // namespace policy
