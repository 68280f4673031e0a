#include "gateway/smtp/line_reader.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace {

using gateway::net::BlockPool;
using gateway::net::InputBuffer;
using gateway::smtp::Line;
using gateway::smtp::LineReader;

// Feeds `input` in pieces of `step` octets; lines in words.
std::vector<std::string> lines(const std::string& input, std::size_t step) {
  BlockPool blocks(64, 1);
  InputBuffer buffer(blocks);
  LineReader reader(20);
  std::vector<std::string> found;
  for (std::size_t at = 0; at < input.size();) {
    const auto room = buffer.room();
    EXPECT_FALSE(room.empty());
    if (room.empty()) break;
    const std::size_t piece = std::min({step, input.size() - at, room.size()});
    std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(at), piece, room.begin());
    buffer.filled(piece);
    at += piece;
    while (const auto line = reader.next(buffer)) {
      const char* const kinds[] = {"", "long:", "bare:"};
      found.push_back(kinds[static_cast<int>(line->fault)] + std::string(line->text));
    }
  }
  return found;
}

struct Case {
  std::string name;
  std::string input;
  std::vector<std::string> lines;
};
POSTERN_NAMED(Case)

class Lines : public testing::TestWithParam<Case> {};

TEST_P(Lines, however_they_arrive) {
  for (std::size_t step = 1; step <= 64; ++step)
    EXPECT_EQ(lines(GetParam().input, step), GetParam().lines) << "pieces of " << step;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Lines,
    testing::Values(
        Case{"one", "NOOP\r\n", {"NOOP"}}, Case{"a batch", "A\r\nB\r\n\r\nC\r\n", {"A", "B", "", "C"}},
        Case{"unfinished", "NOOP\r", {}},
        Case{"longest", std::string(18, 'x') + "\r\n", {std::string(18, 'x')}},
        Case{"one octet too long", std::string(19, 'x') + "\r\nNOOP\r\n", {"long:xxxxxxxx", "NOOP"}},
        Case{"far too long, the tail is no command",
             std::string(500, 'x') + "QUIT\r\nNOOP\r\n",
             {"long:xxxxxxxx", "NOOP"}},
        Case{"the beginning of a line that is too long is kept",
             "BDAT 5" + std::string(50, ' ') + "\r\n" + std::string(19, 'y') + "\r\nNOOP\r\n",
             {"long:BDAT 5  ", "long:yyyyyyyy", "NOOP"}},
        Case{"too long with lone newlines",
             std::string(50, 'x') + "\nQUIT\n\r\r\nNOOP\r\n",
             {"long:xxxxxxxx", "NOOP"}},
        Case{"lone LF does not split", "MAIL\nRCPT\r\nNOOP\r\n", {"bare:MAIL\nRCPT", "NOOP"}},
        Case{"lone CR does not split", "MAIL\rRCPT\r\nNOOP\r\n", {"bare:MAIL\rRCPT", "NOOP"}},
        Case{"CR CR LF", "NOOP\r\r\n", {"bare:NOOP\r"}}));

}  // namespace
