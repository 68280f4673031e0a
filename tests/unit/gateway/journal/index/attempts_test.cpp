#include "gateway/journal/index/attempts.h"

#include <gtest/gtest.h>

#include "gateway/journal/encode.h"
#include "gateway/journal/index/row_reader.h"
#include "tests/support/journal_days.h"

namespace gateway::journal::index {
namespace {

using namespace std::chrono_literals;
using support::accepted_at;

struct Other {
  std::string name;
  void (*change)(support::SampleEntry&);  // of a message that came an hour later
  bool linked;
};

class Attempts : public testing::TestWithParam<Other> {};

TEST_P(Attempts, of_the_same_message_are_linked) {
  support::JournalDays days;
  support::SampleEntry first = accepted_at(10s);
  support::SampleEntry second = accepted_at(1h);
  second.message_id = "<2@a.example>";
  GetParam().change(second);
  days.add(first);
  days.add(second);
  auto search = Search::in(days.directory());
  RowReader reader;
  const std::string record = encode_record(first);
  const auto found = other_attempts(*search, *reader.read(record));
  ASSERT_EQ(found.size(), GetParam().linked ? 1u : 0u);
  if (!found.empty()) {
    EXPECT_EQ(found.front().id, second.id);
    EXPECT_EQ(found.front().action, "accept");
    EXPECT_EQ(found.front().reply, second.reply);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Attempts,
    testing::Values(
        Other{"same network, sender and recipient", [](support::SampleEntry&) {}, true},
        Other{"another address of the network",
              [](support::SampleEntry& one) { one.client.ip = *IpAddress::parse("192.0.2.200"); }, true},
        Other{"another network",
              [](support::SampleEntry& one) { one.client.ip = *IpAddress::parse("192.0.3.7"); }, false},
        Other{"another network, the same Message-ID",
              [](support::SampleEntry& one) {
                one.client.ip = *IpAddress::parse("192.0.3.7");
                one.message_id = "<1@a.example>";
              },
              true},
        Other{"another sender", [](support::SampleEntry& one) { one.sender = "jim@a.example"; }, false},
        Other{"another recipient",
              [](support::SampleEntry& one) { one.recipients[0].address = "x@example.com"; }, false},
        Other{"one recipient more",
              [](support::SampleEntry& one) {
                one.recipients.push_back(one.recipients[0]);
                one.recipients[0].address = "x@example.com";
              },
              true},
        Other{"weeks later", [](support::SampleEntry& one) { one.start += std::chrono::days(8); }, false},
        Other{"a week later", [](support::SampleEntry& one) { one.start += std::chrono::days(6); }, true}),
    [](const auto& one) {
      std::string name = one.param.name;
      for (char& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
      return name;
    });

TEST(NoAttempts, a_message_without_anything_to_go_by_has_none) {
  support::JournalDays days;
  support::SampleEntry nobody = accepted_at(10s);
  nobody.message_id = "";
  nobody.recipients.clear();
  days.add(nobody);
  days.add(accepted_at(20s));
  auto search = Search::in(days.directory());
  RowReader reader;
  const std::string record = encode_record(nobody);
  EXPECT_TRUE(other_attempts(*search, *reader.read(record)).empty());
}

}  // namespace
}  // namespace gateway::journal::index
