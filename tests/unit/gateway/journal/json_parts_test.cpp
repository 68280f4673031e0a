#include "gateway/journal/json_parts.h"

#include <gtest/gtest.h>

namespace gateway::journal {
namespace {

using std::chrono::seconds;

TEST(JsonTime, IsWhatPeopleAreTold) {
  const auto check = [](std::int64_t moment) {
    JsonWriter json;
    write(json, Time(seconds(moment)));
    EXPECT_EQ(json.str(), "\"" + to_text(Time(seconds(moment))) + "\"") << moment;
  };
  constexpr std::int64_t kDay = 86400;
  for (std::int64_t moment = -400 * kDay; moment < 40000 * kDay; moment += kDay + 3671) check(moment);
  constexpr std::int64_t kYear10000 = 253402300800;
  constexpr std::int64_t kYear0 = -62167219200;
  for (const std::int64_t around : {std::int64_t{0}, std::int64_t{951782400}, kYear10000, kYear0})
    for (const std::int64_t off : {-kDay, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, kDay})
      check(around + off);
}

}  // namespace
}  // namespace gateway::journal
