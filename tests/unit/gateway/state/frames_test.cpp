// The octets of the state's file: what is whole is found, whatever stands around it.
#include "gateway/state/frames.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

namespace gateway::state {
namespace {

using namespace std::string_view_literals;

struct Entries final : Memory::Taker {
  std::map<std::string, std::map<std::uint64_t, KeptMark>> marks;
  std::map<std::string, std::map<std::uint64_t, SlidingCount>> rates;

  void mark(std::string_view table, const KeyHash& key, const KeptMark& mark) override {
    marks[std::string(table)][key.high] = mark;
  }
  void rate(std::string_view table, const KeyHash& key, const SlidingCount& rate) override {
    rates[std::string(table)][key.high] = rate;
  }
  std::size_t size() const {
    std::size_t all = 0;
    for (const auto& [name, table] : marks) all += table.size();
    for (const auto& [name, table] : rates) all += table.size();
    return all;
  }
};

constexpr std::uint32_t kNow = 1'700'000'000;

// `marks` of two tables and `rates` of one; a frame for every 2,000 or so.
std::string written(std::uint64_t marks, std::uint64_t rates) {
  std::string octets;
  FrameWriter writer([&](std::string_view frame) { octets += frame; });
  for (std::uint64_t i = 0; i < marks; ++i)
    writer.mark(i % 1000 < 500 ? "one" : "two", {i, ~i},
                {kNow, kNow + 5, static_cast<std::uint32_t>(i + 1), 3600});
  for (std::uint64_t i = 0; i < rates; ++i) {
    SlidingCount count;
    count.add(static_cast<double>(i + 1), 3600, kNow);
    writer.rate("rate", {i, 0}, count);
  }
  writer.flush();
  return octets;
}

struct Read {
  Entries entries;
  std::uint64_t skipped = 0;
  unsigned odd = 0;
};

Read read(std::string_view octets, std::size_t piece = std::string::npos) {
  Read all;
  FrameReader frames;
  for (std::size_t at = 0; at <= octets.size(); at += std::min(piece, octets.size() + 1)) {
    frames.feed(octets.substr(at, piece));
    if (octets.size() - at <= piece) frames.end();
    while (const auto payload = frames.next())
      if (!decode_entries(*payload, all.entries)) ++all.odd;
  }
  all.skipped = frames.skipped();
  return all;
}

TEST(StateFrames, WhatIsWrittenIsRead) {
  const Read all = read(written(5000, 2000));
  EXPECT_EQ(all.entries.marks.at("one").size(), 2500u);
  EXPECT_EQ(all.entries.marks.at("two").size(), 2500u);
  EXPECT_EQ(all.entries.marks.at("two").at(777).count, 778u);
  EXPECT_EQ(all.entries.marks.at("two").at(777).last, kNow + 5);
  EXPECT_EQ(all.entries.rates.at("rate").at(41).within(3600, kNow), 42);
  EXPECT_EQ(all.skipped, 0u);
  EXPECT_EQ(all.odd, 0u);
}

TEST(StateFrames, HoweverTheyAreCutIntoPieces) {
  const std::string octets = written(700, 300);
  for (const std::size_t piece : {1u, 7u, 16u, 4096u})
    EXPECT_EQ(read(octets, piece).entries.size(), 1000u) << piece;
}

TEST(StateFrames, OfAFileCutOffWhatIsBeforeIsRead) {
  const std::string whole = written(5, 0);
  const std::string octets = whole + written(0, 5);
  for (std::size_t cut = 0; cut < octets.size(); ++cut) {
    const Read all = read(std::string_view(octets).substr(0, cut));
    EXPECT_EQ(all.entries.size(), cut < whole.size() ? 0u : 5u) << cut;
    EXPECT_EQ(all.skipped, cut < whole.size() ? cut : cut - whole.size()) << cut;
  }
}

TEST(StateFrames, WhereverAnOctetIsDamagedTheOtherFramesAreRead) {
  const std::string part = written(5, 0);
  const std::string octets = part + written(0, 5) + part;
  for (std::size_t at = 0; at < octets.size(); ++at) {
    std::string damaged = octets;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    const Read all = read(damaged);
    const bool in_rates = at >= part.size() && at < octets.size() - part.size();
    EXPECT_EQ(all.entries.size(), in_rates ? 5u : 10u) << at;
    EXPECT_GT(all.skipped, 0u) << at;
  }
}

TEST(StateFrames, WhatStandsBetweenIsSkipped) {
  const Read all = read("PST" + written(5, 0) + std::string(100, 'P') + written(0, 5) + "PST1PST1PST1PST1");
  EXPECT_EQ(all.entries.size(), 10u);
  EXPECT_EQ(all.skipped, 3u + 100u + 16u);
}

TEST(StateFrames, ImpossibleNumbersAreLeftOut) {
  std::string octets;
  FrameWriter writer([&](std::string_view frame) { octets += frame; });
  writer.mark("one", {1, 1}, {kNow, kNow - 1, 1, 1});
  writer.mark("one", {2, 1}, {kNow, kNow, 0, 1});
  writer.mark("one", {3, 1}, {kNow, kNow, 1, 1});
  for (const float amount : {std::numeric_limits<float>::infinity(), std::nanf(""), -1.0f, 1.0f})
    writer.rate("rate", {4, 1}, SlidingCount(3600, 7, {amount}));
  writer.rate("rate", {5, 1}, SlidingCount(0, 7, {1.0f}));
  writer.flush();
  const Read all = read(octets);
  EXPECT_EQ(all.entries.marks.at("one").size(), 1u);
  EXPECT_EQ(all.entries.rates.at("rate").size(), 1u);
  EXPECT_EQ(all.entries.rates.at("rate").at(4).amounts()[0], 1.0f);
}

TEST(StateFrames, PayloadsOfNoKindAreNone) {
  Entries entries;
  for (const std::string_view payload : {""sv, "M"sv, "X\1a"sv, "M\5abc"sv, "M\0x"sv})
    EXPECT_FALSE(decode_entries(payload, entries)) << payload;
  EXPECT_FALSE(decode_entries(std::string("M\1a") + std::string(33, '\1'), entries)) << "one, and an octet";
  EXPECT_EQ(entries.size(), 1u);
}

TEST(StateFrames, TheHeaderTellsVersionAndSecret) {
  const Secret secret{1, 2, 3};
  FrameReader frames;
  frames.feed(encode_header({kFileVersion, secret}));
  const auto header = decode_header(frames.next().value());
  ASSERT_TRUE(header);
  EXPECT_EQ(header->version, kFileVersion);
  EXPECT_EQ(header->secret, secret);
  EXPECT_EQ(decode_header("H\7\0\0\0and what it likes"sv)->version, 7u) << "another version";
  EXPECT_FALSE(decode_header(std::string_view("H\1\0\0\0short", 10)));
  EXPECT_FALSE(decode_header("M"));
}

}  // namespace
}  // namespace gateway::state
