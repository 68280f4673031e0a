// The sequences by which smuggling scanners try to end the data, put into a message at every place it can be
// cut: what is no end of data is text of one message, or the message is refused.  RFC 5321 §4.1.1.4
#include <gtest/gtest.h>

#include <charconv>
#include <optional>

#include "tests/support/dialogue_run.h"
#include "tests/support/named.h"
#include "tests/support/paths.h"
#include "tests/support/temporary_directory.h"

namespace {

using support::Dialogue;
using support::DialogueEnd;
using support::make_double_world;

constexpr std::string_view kFirst = "Subject: one\r\n\r\nfirst";
constexpr std::string_view kSecond =
    "MAIL FROM:<second@a.example>\r\nRCPT TO:<user@example.com>\r\nDATA\r\nSubject: "
    "two\r\n\r\nsecond\r\n.\r\n";

const std::filesystem::path kFile = support::conformance_dir() / "smtp" / "end_of_data.json";

struct Case {
  std::string octets;
  bool ends_data = false;
};

std::string unhex(std::string_view hex) {
  std::string octets;
  for (; hex.size() >= 2; hex.remove_prefix(2)) {
    unsigned octet = 0;
    std::from_chars(hex.data(), hex.data() + 2, octet, 16);
    octets += static_cast<char>(octet);
  }
  return octets;
}

// The file's format 1 is flat enough to be read by its two keys.
std::vector<Case> cases() {
  const std::string text = support::file_text(kFile);
  constexpr std::string_view kHex = "\"hex\": \"";
  constexpr std::string_view kEnds = "\"ends_data\": ";
  std::vector<Case> found;
  for (std::size_t at = text.find(kHex); at != text.npos; at = text.find(kHex, at)) {
    at += kHex.size();
    const std::string hex = text.substr(at, text.find('"', at) - at);
    const std::size_t ends = text.find(kEnds, at);
    if (ends == text.npos) break;
    found.push_back({unhex(hex), text.compare(ends + kEnds.size(), 4, "true") == 0});
  }
  return found;
}

struct Row {
  std::string name;
  std::string bare_newline;
};
POSTERN_NAMED(Row)

class EndOfData : public testing::TestWithParam<Row> {};

// What follows a true end of data are commands, whatever is left of the sequence before them.
Dialogue probe(const Case& row, const std::string& bare_newline) {
  return support::parse_dialogue(
      "end-of-data.smtp", "config listener.bare_newline = " + bare_newline +
                              "\n"
                              "S: 220 *\n"
                              "C: EHLO relay.a.example\n"
                              "S: 250 *\n"
                              "C: MAIL FROM:<first@a.example>\n"
                              "S: 250 2.1.0 *\n"
                              "C: RCPT TO:<user@example.com>\n"
                              "S: 250 2.1.5 *\n"
                              "C: DATA\n"
                              "S: 354 *\n"
                              "raw: \"" +
                              support::escaped(std::string(kFirst) + row.octets + std::string(kSecond)) +
                              "\"\n");
}

std::size_t seconds_begun(const std::string& spoken) {
  std::size_t count = 0;
  for (std::size_t at = spoken.find("354 "); at != spoken.npos; at = spoken.find("354 ", at + 1)) ++count;
  return count;
}

// One way to run the probe; what is wrong with its end, or "".
std::string judge(const Case& row, const DialogueEnd& end) {
  if (row.ends_data) return seconds_begun(end.spoken) == 2 ? "" : "the data did not end";
  if (seconds_begun(end.spoken) != 1) return "what follows was run as commands";
  if (end.messages.size() > 1) return "two messages were kept";
  if (end.messages.size() != end.promised) return "kept and promised differ";
  for (const std::string& message : end.messages) {
    for (const std::string_view part : {"first", "MAIL FROM:<second@a.example>", "second\r\n"})
      if (message.find(part) == message.npos) return "a part of the message is missing";
    for (std::size_t at = 0; at < message.size(); ++at) {
      const bool lone_cr = message[at] == '\r' && (at + 1 == message.size() || message[at + 1] != '\n');
      const bool lone_lf = message[at] == '\n' && (at == 0 || message[at - 1] != '\r');
      if (lone_cr || lone_lf) return "a lone CR or LF was kept";
    }
  }
  return "";
}

TEST_P(EndOfData, is_only_crlf_dot_crlf) {
  if (!std::filesystem::exists(kFile))
    GTEST_SKIP() << "no conformance vectors: smtp/end_of_data.json is not there";
  const std::vector<Case> rows = cases();
  ASSERT_GE(rows.size(), 18u) << "the file is not read as it is meant";
  for (const Case& row : rows) {
    const Dialogue dialogue = probe(row, GetParam().bare_newline);
    // The script ends with the probe: whatever is answered is judged here.
    std::optional<std::size_t> messages;
    const std::size_t octets = support::run_dialogue(dialogue, make_double_world).client_octets.size();
    for (std::size_t cut = 0; cut < octets; ++cut) {
      const DialogueEnd end = support::run_dialogue(dialogue, make_double_world, {.cut = cut});
      const std::string wrong = judge(row, end);
      ASSERT_EQ(wrong, "") << support::escaped(row.octets) << " cut before octet " << cut << "\n"
                           << end.spoken;
      if (!messages) messages = end.messages.size();
      ASSERT_EQ(end.messages.size(), *messages)
          << support::escaped(row.octets) << " cut before octet " << cut;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, EndOfData,
                         testing::Values(Row{"lone line ends normalised", "normalize"},
                                         Row{"lone line ends refused", "refuse"}));

}  // namespace
