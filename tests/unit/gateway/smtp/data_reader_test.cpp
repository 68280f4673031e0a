#include "gateway/smtp/data_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/support/naive_data.h"
#include "tests/support/named.h"
#include "tests/support/paths.h"

namespace {

using gateway::settings::BareNewline;
using gateway::settings::Limits;
using gateway::smtp::DataReader;
using Fault = DataReader::Fault;

struct Outcome {
  std::string text;
  bool ended = false;
  Fault fault = Fault::none;
  std::string rest;  // behind the end of data
  std::uint64_t header_octets = 0;
  std::uint64_t body_offset = 0;
};

// Reads `input` given in two pieces.
Outcome read(const std::string& input, std::size_t cut, BareNewline mode, const Limits& limits = {}) {
  DataReader reader(mode, limits);
  Outcome outcome;
  const std::size_t first = reader.read(input.substr(0, cut), outcome.text);
  std::string rest = input.substr(0, cut).substr(first) + input.substr(cut);
  if (!reader.ended()) rest = rest.substr(reader.read(rest, outcome.text));
  outcome.ended = reader.ended();
  outcome.fault = reader.fault();
  outcome.rest = rest;
  outcome.header_octets = reader.header_octets();
  outcome.body_offset = reader.body_offset();
  if (outcome.fault != Fault::none) outcome.text.clear();  // what was collected before the fault is not used
  return outcome;
}

struct Case {
  std::string name;
  std::string input;
  std::string text;
  std::string rest = {};
  bool ended = true;
};
POSTERN_NAMED(Case)

class Normalizing : public testing::TestWithParam<Case> {};

TEST_P(Normalizing, at_every_cut) {
  const Case& row = GetParam();
  for (std::size_t cut = 0; cut <= row.input.size(); ++cut) {
    const Outcome outcome = read(row.input, cut, BareNewline::normalize);
    EXPECT_EQ(outcome.text, row.text) << "cut at " << cut;
    EXPECT_EQ(outcome.ended, row.ended) << "cut at " << cut;
    EXPECT_EQ(outcome.rest, row.rest) << "cut at " << cut;
    EXPECT_EQ(outcome.fault, Fault::none);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Normalizing,
    testing::Values(Case{"plain", "a: b\r\n\r\nc\r\n.\r\n", "a: b\r\n\r\nc\r\n"},
                    Case{"no octet at all", ".\r\n", ""},
                    Case{"dots are unstuffed", "\r\n..\r\n...x\r\n.\r\n", "\r\n.\r\n..x\r\n"},
                    Case{"a dot inside a line stays", "\r\na.b\r\n.\r\n", "\r\na.b\r\n"},
                    Case{"a single dot with text behind loses it", "\r\n.x\r\n.\r\n", "\r\nx\r\n"},
                    Case{"commands behind are left", "\r\n.\r\nQUIT\r\n", "\r\n", "QUIT\r\n"},
                    Case{"lone LF becomes a line end", "a\nb\r\n.\r\n", "a\r\nb\r\n"},
                    Case{"lone CR becomes a space", "a\rb\r\n.\r\n", "a b\r\n"},
                    Case{"CR CR LF", "a\r\r\n.\r\n", "a \r\n"},
                    Case{"LF dot CRLF ends nothing", "a\n.\r\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"},
                    Case{"LF dot LF ends nothing", "a\n.\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"},
                    Case{"CRLF dot LF ends nothing", "a\r\n.\nb\r\n.\r\n", "a\r\n\r\nb\r\n"},
                    Case{"CRLF dot CR ends nothing", "a\r\n.\rb\r\n.\r\n", "a\r\n b\r\n"},
                    Case{"dots behind a lone LF are not unstuffed", "a\n..b\r\n.\r\n", "a\r\n..b\r\n"},
                    Case{"NUL passes whole", std::string("a\0b\r\n.\r\n", 8), std::string("a\0b\r\n", 5)},
                    Case{"NUL before the dot", std::string("a\r\n\0.\r\n.\r\n", 10),
                         std::string("a\r\n\0.\r\n", 7)},
                    Case{"8-bit passes", "\xe9\xff\r\n.\r\n", "\xe9\xff\r\n"},
                    Case{"not ended", "a\r\n.\r", "a\r\n", "", false},
                    Case{"never a line end", "abc", "abc", "", false}));

TEST(DataReader, refuses_lone_newlines_and_swallows_to_the_end) {
  for (const std::string spoiled :
       {"a\nb\r\n", "a\rb\r\n", "a\n.\r\nMAIL FROM:<x@y.example>\r\n", "a\r\n.\n", "a\r\r\n"}) {
    const std::string input = spoiled + "\r\nmore\r\n.\r\nQUIT\r\n";
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
      const Outcome outcome = read(input, cut, BareNewline::refuse);
      EXPECT_EQ(outcome.fault, Fault::bare_newline) << spoiled;
      EXPECT_TRUE(outcome.ended);
      EXPECT_EQ(outcome.rest, "QUIT\r\n");
    }
  }
}

TEST(DataReader, finds_the_header_section) {
  const auto whole = read("A: b\r\n c\r\n\r\nbody\r\n.\r\n", 3, BareNewline::normalize);
  EXPECT_EQ(whole.header_octets, 10u);
  EXPECT_EQ(whole.body_offset, 12u);
  const auto headless = read("\r\nbody\r\n.\r\n", 0, BareNewline::normalize);
  EXPECT_EQ(headless.header_octets, 0u);
  EXPECT_EQ(headless.body_offset, 2u);
  const auto bodiless = read("A: b\r\n.\r\n", 0, BareNewline::normalize);
  EXPECT_EQ(bodiless.header_octets, 6u);
  EXPECT_EQ(bodiless.body_offset, 6u);
  const auto lone = read("A: b\n\nbody\r\n.\r\n", 0, BareNewline::normalize);
  EXPECT_EQ(lone.header_octets, 6u);
  EXPECT_EQ(lone.body_offset, 8u);
}

struct LimitCase {
  std::string name;
  std::string input;
  Fault fault;
};
POSTERN_NAMED(LimitCase)

class DataLimit : public testing::TestWithParam<LimitCase> {};

TEST_P(DataLimit, at_every_cut) {
  Limits limits;
  limits.message_size = 40;
  limits.header_size = 20;
  limits.header_fields = 3;
  limits.text_line = 15;
  const std::string input = GetParam().input + "\r\n.\r\n";
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    const Outcome outcome = read(input, cut, BareNewline::normalize, limits);
    EXPECT_EQ(outcome.fault, GetParam().fault) << "cut at " << cut;
    EXPECT_TRUE(outcome.ended);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, DataLimit,
    testing::Values(
        LimitCase{"message just fits", "\r\n123456789012\r\n123456789012\r\n12345678", Fault::none},
        LimitCase{"one octet too many", "\r\n123456789012\r\n123456789012\r\n123456789", Fault::message_size},
        LimitCase{"three fields", "a:\r\nb:\r\nc:\r\n d\r\n", Fault::none},
        LimitCase{"four fields", "a:\r\nb:\r\nc:\r\nd:\r\n", Fault::header_fields},
        LimitCase{"header just fits", "a: 56789012\r\nb: 6\r\n", Fault::none},
        LimitCase{"header too large", "a: 56789012\r\nb: 67890\r\n", Fault::header_size},
        LimitCase{"line just fits", "\r\n123456789012345", Fault::none},
        LimitCase{"line too long", "\r\n1234567890123456", Fault::text_line}));

// Which limit is told must not hang on how the network cut the data.
TEST(DataReader, of_two_limits_the_first_crossed_is_told_wherever_the_input_is_cut) {
  const std::string input = "a: 1\r\n\r\n1234567890123456789012345678901234567890\r\n.\r\n";
  const Limits line_first{.text_line = 20, .message_size = 32};     // the line at octet 28, the message at 32
  const Limits message_first{.text_line = 36, .message_size = 32};  // the line at octet 44
  for (std::size_t cut = 0; cut <= input.size(); ++cut)
    for (const auto& [limits, fault] :
         {std::pair(line_first, Fault::text_line), std::pair(message_first, Fault::message_size)}) {
      DataReader reader(BareNewline::normalize, limits);
      std::string out;
      reader.read(std::string_view(input).substr(0, cut), out);
      reader.read(std::string_view(input).substr(cut), out);
      EXPECT_EQ(reader.fault(), fault) << "cut at " << cut;
      EXPECT_TRUE(reader.ended());
    }
}

TEST(DataReader, takes_a_run_of_lone_newlines_in_linear_time) {
  std::string input = "\r\n";
  for (int i = 0; i < 2'000'000; ++i) input += i % 2 ? "\r" : "\r\r";
  DataReader reader(BareNewline::normalize, {.text_line = 1u << 30});
  std::string out;
  const auto begin = std::chrono::steady_clock::now();
  reader.read(input, out);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));  // quadratic: hours
  EXPECT_EQ(out.size(), input.size() - 1);  // the last CR still waits for an LF
}

// Reads `chunks` as BDAT brings them.
Outcome read_chunks(const std::vector<std::string>& chunks, BareNewline mode, const Limits& limits = {},
                    DataReader::Framing framing = DataReader::Framing::chunks) {
  DataReader reader(mode, limits, framing);
  Outcome outcome;
  for (const std::string& chunk : chunks) EXPECT_EQ(reader.read(chunk, outcome.text), chunk.size());
  EXPECT_FALSE(reader.ended());
  reader.end_chunks(outcome.text);
  outcome.ended = reader.ended();
  outcome.fault = reader.fault();
  outcome.header_octets = reader.header_octets();
  outcome.body_offset = reader.body_offset();
  if (outcome.fault != Fault::none) outcome.text.clear();
  return outcome;
}

struct ChunkCase {
  std::string name;
  std::string input;
  std::string normalized;
  bool refused = false;  // where lone newlines are
  std::uint64_t header_octets = 0;
  std::uint64_t body_offset = 2;
};
POSTERN_NAMED(ChunkCase)

class Chunks : public testing::TestWithParam<ChunkCase> {};

TEST_P(Chunks, at_every_border) {
  const ChunkCase& row = GetParam();
  std::vector<std::string> octets;
  for (const char c : row.input) octets.emplace_back(1, c);
  std::vector<std::vector<std::string>> cuts{octets, {row.input}, {}};
  for (std::size_t cut = 0; cut <= row.input.size(); ++cut)
    cuts.push_back({row.input.substr(0, cut), "", row.input.substr(cut)});
  if (!row.input.empty()) cuts.erase(cuts.begin() + 2);
  for (const auto& chunks : cuts) {
    const Outcome kept = read_chunks(chunks, BareNewline::normalize);
    EXPECT_EQ(kept.text, row.normalized);
    EXPECT_TRUE(kept.ended);
    EXPECT_EQ(kept.fault, Fault::none);
    EXPECT_EQ(kept.header_octets, row.header_octets);
    EXPECT_EQ(kept.body_offset, row.body_offset);
    const Outcome strict = read_chunks(chunks, BareNewline::refuse);
    EXPECT_EQ(strict.fault, row.refused ? Fault::bare_newline : Fault::none);
    EXPECT_EQ(strict.text, row.refused ? "" : row.normalized);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Chunks,
    testing::Values(
        ChunkCase{"plain", "a: b\r\n\r\nc\r\n", "a: b\r\n\r\nc\r\n", false, 6, 8},
        ChunkCase{"nothing", "", "", false, 0, 0},
        ChunkCase{"an open line is ended", "\r\nabc", "\r\nabc\r\n"},
        ChunkCase{"a header without a body", "a: b", "a: b\r\n", false, 6, 6},
        ChunkCase{"dots stay", "\r\n.\r\n..\r\n...x\r\n", "\r\n.\r\n..\r\n...x\r\n"},
        ChunkCase{"a dot first", ".", ".\r\n", false, 3, 3},
        ChunkCase{"an end of data ends nothing", "\r\n\r\n.\r\nQUIT\r\n", "\r\n\r\n.\r\nQUIT\r\n"},
        ChunkCase{"lone LF", "\r\na\nb", "\r\na\r\nb\r\n", true},
        ChunkCase{"lone LF last", "\r\na\n", "\r\na\r\n", true},
        ChunkCase{"lone LF alone", "\n", "\r\n", true}, ChunkCase{"lone CR", "\r\na\rb", "\r\na b\r\n", true},
        ChunkCase{"CR last", "\r\na\r", "\r\na \r\n", true},
        ChunkCase{"CR alone", "\r\n\r", "\r\n \r\n", true},
        ChunkCase{"CR CR LF", "\r\na\r\r\n", "\r\na \r\n", true},
        ChunkCase{"LF dot LF", "\r\na\n.\nb", "\r\na\r\n.\r\nb\r\n", true},
        ChunkCase{"CR dot CR", "\r\na\r.\rb", "\r\na . b\r\n", true},
        ChunkCase{"header ended by lone LFs", "a: b\n\nc", "a: b\r\n\r\nc\r\n", true, 6, 8},
        ChunkCase{"NUL and 8-bit", std::string("\r\na\0\xff", 5), std::string("\r\na\0\xff\r\n", 7)}));

struct BinaryCase {
  std::string name;
  std::string input;
  std::string text;
  std::uint64_t header_octets;
  std::uint64_t body_offset;
  bool refused = false;  // where lone CR and LF are
};
POSTERN_NAMED(BinaryCase)

class Binary : public testing::TestWithParam<BinaryCase> {};

TEST_P(Binary, at_every_border) {
  const BinaryCase& row = GetParam();
  for (std::size_t cut = 0; cut <= row.input.size(); ++cut) {
    const std::vector<std::string> chunks{row.input.substr(0, cut), row.input.substr(cut)};
    const Outcome kept = read_chunks(chunks, BareNewline::normalize, {}, DataReader::Framing::binary);
    EXPECT_EQ(kept.text, row.text) << "cut at " << cut;
    EXPECT_EQ(kept.fault, Fault::none);
    EXPECT_EQ(kept.header_octets, row.header_octets);
    EXPECT_EQ(kept.body_offset, row.body_offset);
    const Outcome strict = read_chunks(chunks, BareNewline::refuse, {}, DataReader::Framing::binary);
    EXPECT_EQ(strict.fault, row.refused ? Fault::bare_newline : Fault::none) << "cut at " << cut;
  }
}

using namespace std::string_literals;

INSTANTIATE_TEST_SUITE_P(
    Table, Binary,
    testing::Values(BinaryCase{"the body stays as it is", "a: b\r\n\r\n\0\n.\r\n.\n\r\r\n"s,
                               "a: b\r\n\r\n\0\n.\r\n.\n\r\r\n"s, 6, 8},
                    BinaryCase{"a last line is not ended", "a: b\r\n\r\nc", "a: b\r\n\r\nc", 6, 8},
                    BinaryCase{"a CR at the end", "a: b\r\n\r\n\r", "a: b\r\n\r\n\r", 6, 8},
                    BinaryCase{"an LF at the start", "a: b\r\n\r\n\nc", "a: b\r\n\r\n\nc", 6, 8},
                    BinaryCase{"no body", "a: b\r\n\r\n", "a: b\r\n\r\n", 6, 8},
                    BinaryCase{"the header is lines", "a: b\nc: \rd\r\n\r\n\n", "a: b\r\nc:  d\r\n\r\n\n", 13,
                               15, true},
                    BinaryCase{"a header ended by LF LF", "a: b\n\n\n", "a: b\r\n\r\n\n", 6, 8, true},
                    BinaryCase{"header only", "a: b", "a: b\r\n", 6, 6},
                    BinaryCase{"nothing", "", "", 0, 0}));

TEST(DataReader, limits_hold_in_binary_messages) {
  Limits limits;
  limits.header_size = 20;
  limits.message_size = 40;
  limits.text_line = 10;
  const auto fault = [&](const std::string& text) {
    return read_chunks({text}, BareNewline::normalize, limits, DataReader::Framing::binary).fault;
  };
  EXPECT_EQ(fault("a: b\r\n\r\n" + std::string(32, 'x')), Fault::none) << "a body has no lines";
  EXPECT_EQ(fault("a: b\r\n\r\n" + std::string(33, 'x')), Fault::message_size);
  EXPECT_EQ(fault("a: b\r\nc: d\r\ne: f\r\ng: h\r\n"), Fault::header_size);
  EXPECT_EQ(fault("a: bcdefghi\r\n"), Fault::text_line);
}

TEST(DataReader, limits_hold_in_chunks) {
  Limits limits;
  limits.message_size = 20;
  limits.text_line = 12;
  const auto fault = [&](const std::vector<std::string>& chunks) {
    return read_chunks(chunks, BareNewline::normalize, limits).fault;
  };
  EXPECT_EQ(fault({"\r\n12345678", "90\r\n1234"}), Fault::none);
  EXPECT_EQ(fault({"\r\n12345678", "90\r\n12345"}), Fault::message_size);  // with the line end it gets
  EXPECT_EQ(fault({"\r\n123456789", "012", "3"}), Fault::text_line);
}

std::string unhex(std::string_view hex) {
  std::string octets;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    octets.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return octets;
}

// The false ends of data that scanners send, put into a message; whatever follows must not run as commands.
TEST(DataReader, shared_end_of_data_vectors) {
  const std::filesystem::path file = support::conformance_dir() / "smtp/end_of_data.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no shared vectors at " << file;
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  const auto vectors = boost::json::parse(text.str());
  const auto& cases = vectors.at("cases").as_array();
  for (const auto& row : cases) {
    const std::string octets = unhex(row.at("hex").as_string());
    const bool ends = row.at("ends_data").as_bool();
    const std::string probe = "MAIL FROM:<evil@a.example>\r\n";
    const std::string input = "Subject: one\r\n\r\nfirst" + octets + probe + "\r\n.\r\n";
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
      const Outcome kept = read(input, cut, BareNewline::normalize);
      ASSERT_TRUE(kept.ended);
      ASSERT_EQ(kept.text.find(probe) == std::string::npos, ends) << row << " cut at " << cut;
      ASSERT_EQ(kept.rest.empty(), !ends) << row << " cut at " << cut;
      for (std::size_t at = 0; at < kept.text.size(); ++at) {
        if (kept.text[at] == '\n') {
          ASSERT_TRUE(at > 0 && kept.text[at - 1] == '\r') << row;
        }
        if (kept.text[at] == '\r') {
          ASSERT_EQ(kept.text[at + 1], '\n') << row;
        }
      }
      const Outcome strict = read(input, cut, BareNewline::refuse);
      ASSERT_EQ(strict.rest.empty(), !ends) << row << " cut at " << cut;
    }
  }
  RecordProperty("cases", static_cast<int>(cases.size()));
  EXPECT_GE(cases.size(), 18u);
}

// Lines are looked for in blocks: with whatever of a line end at whatever place of one.
TEST(DataReader, reads_long_messages_as_a_naive_reader_does) {
  constexpr std::array<std::string_view, 12> kPieces{
      "\r\n", "\r\n", "\r\n.", "\r\n..", "\r\n\r\n", "\n", "\r", ".", " ", "a", "bc: d", "0123456789abcdef"};
  std::mt19937 random(7);
  Limits narrow;
  narrow.text_line = 70;
  narrow.message_size = 500;
  narrow.header_size = 200;
  narrow.header_fields = 4;
  unsigned whole = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::size_t odd = round % 3 == 0 ? 0 : 5;  // a third has nothing but ordinary line ends
    std::string octets;
    for (auto pieces = random() % 60; pieces > 0; --pieces) {
      const bool plain = odd == 0 || random() % 16 != 0;
      const std::size_t from = plain ? 8 : 0;
      octets += kPieces[from + random() % (kPieces.size() - from)];
      if (random() % 4 == 0) octets += "\r\n";
    }
    octets += "\r\n.\r\n";
    const Limits limits = round % 2 == 0 ? Limits() : narrow;
    const auto mode = round % 5 == 0 ? BareNewline::refuse : BareNewline::normalize;
    const std::size_t end = support::naive_end_of_data(octets).value();
    const support::NaiveMessage wanted = support::naive_message(std::string_view(octets).substr(0, end - 3),
                                                                DataReader::Framing::dots, mode, limits);
    const Outcome outcome = read(octets, random() % octets.size(), mode, limits);
    ASSERT_TRUE(outcome.ended);
    ASSERT_EQ(outcome.rest, octets.substr(end));
    ASSERT_EQ(outcome.fault == Fault::none, wanted.faults.empty()) << octets;
    if (outcome.fault != Fault::none) {
      ASSERT_TRUE(wanted.faults.contains(outcome.fault)) << octets;
      continue;
    }
    ++whole;
    ASSERT_EQ(outcome.text, wanted.text) << octets;
    ASSERT_EQ(outcome.header_octets, wanted.header_octets);
    ASSERT_EQ(outcome.body_offset, wanted.body_offset);
  }
  EXPECT_GT(whole, 5'000u);
}

}  // namespace
