#include "gateway/commands/log_table.h"

#include <gtest/gtest.h>

#include "gateway/journal/columns.h"
#include "gateway/journal/local_time.h"

namespace gateway::commands {
namespace {

journal::index::Row sample() {
  journal::index::Row row;
  row.time = Time(std::chrono::seconds(1'795'573'800));
  row.id = "4F7K2M9QX0TB";
  row.ip = "192.0.2.7";
  row.action = "reject";
  row.rule = "dmarc-reject";
  row.sender = "somebody.with.a.long.name@a-long-domain.example";
  row.recipients = {{.address = "erika@example.com"}, {.address = "hans@example.com"}};
  row.subject =
      "\xe8\xa6\x8b\xe7\xa9\x8d\xe6\x9b\xb8 and more words than fit on any line of a terminal of eighty "
      "columns";
  return row;
}

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> all;
  while (!text.empty()) {
    all.emplace_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), all.back().size() + 1));
  }
  return all;
}

std::string words(std::string_view line) {
  std::string all;
  for (const char c : line)
    if (c != ' ' || !all.ends_with(' ')) all += c;
  return all;
}

TEST(LogTable, FitsTheTerminalWhateverItsWidthIs) {
  for (const std::size_t width : {37u, 40u, 46u, 60u, 80u, 100u, 109u, 110u, 132u, 200u, 400u}) {
    LogTable table(LogTable::Of::messages, {.width = width});
    for (int i = 0; i < 3; ++i) table.add(sample());
    const auto printed = lines(table.take());
    ASSERT_EQ(printed.size(), 4u);
    for (const std::string& line : printed) EXPECT_LE(journal::columns(line), width) << line;
    EXPECT_NE(printed[1].find("4F7K2M9QX0TB"), std::string::npos) << "an id is never cut";
    EXPECT_NE(printed[1].find("reject"), std::string::npos);
  }
}

TEST(LogTable, LeavesOutOnANarrowTerminalWhatMattersLeast) {
  const auto head = [](std::size_t width) {
    LogTable table(LogTable::Of::messages, {.width = width});
    table.add(sample());
    return lines(table.take()).front();
  };
  EXPECT_EQ(head(200).find("SUBJECT") != std::string::npos, true);
  EXPECT_EQ(head(80).find("SUBJECT"), std::string::npos);
  EXPECT_EQ(words(head(80)), "TIME ID VERDICT RULE FROM TO");
  EXPECT_EQ(words(head(60)), "TIME ID VERDICT RULE");
  EXPECT_EQ(words(head(40)), "TIME ID VERDICT");
  EXPECT_EQ(words(head(30)), "ID VERDICT");
}

TEST(LogTable, TimesAreAsShortAsTheyArePlain) {
  const Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto time = [](Time when, std::size_t width) {
    LogTable table(LogTable::Of::messages, {.width = width});
    journal::index::Row row = sample();
    row.time = when;
    table.add(row);
    const std::string line = lines(table.take()).back();
    return line.substr(0, line.find("  "));
  };
  EXPECT_EQ(time(now, 80), journal::brief_local_time(now, now));
  EXPECT_EQ(time(Time(), 80), "1970-01-01");
  EXPECT_EQ(time(now, 110), journal::local_time(now));
}

// The first lines are of today; what comes then is older, and wider.
TEST(LogTable, TimesAreNeverCut) {
  LogTable table(LogTable::Of::messages, {.width = 80});
  journal::index::Row row = sample();
  row.time = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  table.add(row);
  table.take();
  row.time = Time();
  table.add(row);
  const auto printed = lines(table.take());
  ASSERT_EQ(printed.size(), 1u);
  EXPECT_TRUE(printed[0].starts_with("1970-01-01  4F7K2M9QX0TB  reject")) << printed[0];
  EXPECT_LE(journal::columns(printed[0]), 80u);
}

TEST(LogTable, IsWholeInAFile) {
  LogTable table(LogTable::Of::messages, {});
  table.add(sample());
  const auto printed = lines(table.take());
  EXPECT_EQ(printed[0], "TIME\tID\tVERDICT\tRULE\tCLIENT\tFROM\tTO\tSUBJECT");
  EXPECT_NE(printed[1].find(
                "\t4F7K2M9QX0TB\treject\tdmarc-reject\t192.0.2.7\tsomebody.with.a.long.name@a-long-domain."
                "example\terika@example.com +1\t"),
            std::string::npos);
  EXPECT_TRUE(printed[1].ends_with("of eighty columns"));
  table.add(sample());
  EXPECT_EQ(lines(table.take()).size(), 1u) << "the names of the columns come once";
}

TEST(LogTable, NothingFromOutsideIsPrintedRaw) {
  for (const std::size_t width : {0u, 200u}) {
    journal::index::Row row = sample();
    row.subject =
        "\x1b[2Jone\ttwo\nthree\xe2\x80\xae"
        "four\x7f";
    row.sender =
        "\x9b"
        "1m@a.example";
    row.rule = "r\r\n2026-01-01 forged";
    LogTable table(LogTable::Of::messages, {.width = width});
    table.add(row);
    const auto printed = lines(table.take());
    ASSERT_EQ(printed.size(), 2u);
    for (const char* bad : {"\x1b", "\r", "\xe2\x80\xae", "\x7f", "\x9b", "one\t"})
      EXPECT_EQ(printed[1].find(bad), std::string::npos);
  }
}

TEST(LogTable, SessionsHaveColumnsOfTheirOwn) {
  journal::index::Row row;
  row.session = true;
  row.time = sample().time;
  row.id = "4F7K2M9QX0TB";
  row.ip = "2001:db8::7";
  row.ended = "tls_failed";
  row.detail = "no shared cipher";
  row.commands = 3;
  row.last_command = "STARTTLS";
  LogTable table(LogTable::Of::sessions, {});
  table.add(row);
  const auto printed = lines(table.take());
  EXPECT_EQ(printed[0], "TIME\tID\tENDED\tCLIENT\tHELO\tSAID\tRULE\tREPLY");
  EXPECT_NE(printed[1].find("\ttls_failed\t2001:db8::7\t\t3 STARTTLS\t\tno shared cipher"),
            std::string::npos);
}

}  // namespace
}  // namespace gateway::commands
