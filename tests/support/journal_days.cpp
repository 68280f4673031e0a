#include "tests/support/journal_days.h"

#include <atomic>

#include "gateway/journal/encode.h"
#include "gateway/journal/encode_session.h"
#include "gateway/journal/id.h"
#include "gateway/journal/index/day_index.h"

namespace support {

using namespace gateway;
namespace index = journal::index;

std::filesystem::path JournalDays::lines(std::chrono::sys_days day) const {
  return index::files_of(directory(), day).lines;
}

std::filesystem::path JournalDays::index(std::chrono::sys_days day) const {
  return index::files_of(directory(), day).index;
}

void JournalDays::append(const std::string& text, std::chrono::sys_days day) {
  std::ofstream(lines(day), std::ios::binary | std::ios::app) << text;
}

void JournalDays::add(const SampleEntry& entry) {
  append(journal::encode_record(entry) + "\n", std::chrono::floor<std::chrono::days>(entry.start));
}

void JournalDays::add(const SampleSession& entry) {
  append(journal::encode_session(entry) + "\n", std::chrono::floor<std::chrono::days>(entry.start));
}

void JournalDays::make_index(std::chrono::sys_days day) {
  const index::DayFiles files = index::files_of(directory(), day);
  auto reader = index::LineReader::open(files.lines);
  if (!reader) throw std::runtime_error("no such day");
  index::DayIndex made(files, index::Database::Access::write);
  while (made.advance(*reader, 1 << 20) > 0) {
  }
}

namespace {

std::string next_id(Time when) {
  static journal::IdMaker ids(1);
  return ids.next(std::chrono::system_clock::time_point(when));
}

void begin(SamplePreamble& preamble, std::chrono::seconds after) {
  preamble.start = kJournalDay + after;
  preamble.id = next_id(preamble.start);
  preamble.client.ip = *IpAddress::parse("192.0.2.7");
}

}  // namespace

SampleEntry accepted_at(std::chrono::seconds after) {
  SampleEntry entry;
  begin(entry, after);
  entry.sender = "joe@a.example";
  entry.header_from = "joe@a.example";
  entry.subject = "hello";
  entry.message_id = "<1@a.example>";
  entry.verdict.settled = true;
  entry.verdict.rule = "@default";
  entry.reply = "250 2.0.0 taken";
  entry.recipients = {{.address = "user@example.com",
                       .verdict = entry.verdict,
                       .reply = "250 2.1.5 fine",
                       .refused_by = {},
                       .fate = "delivered"}};
  return entry;
}

SampleSession session_at(std::chrono::seconds after) {
  SampleSession entry;
  begin(entry, after);
  entry.ended = "quit";
  return entry;
}

}  // namespace support
