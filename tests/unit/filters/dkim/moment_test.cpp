#include "filters/dkim/moment.h"

#include <gtest/gtest.h>

#include <limits>

namespace filters::dkim {
namespace {

TEST(Moment, IsReadable) {
  EXPECT_EQ(moment(0), "1970-01-01 00:00 UTC");
  EXPECT_EQ(moment(1'700'000'000), "2023-11-14 22:13 UTC");
  EXPECT_EQ(moment(253'402'300'799), "9999-12-31 23:59 UTC");
  EXPECT_EQ(moment(253'402'300'800), "253402300800");
  EXPECT_EQ(moment(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

TEST(TimeSpan, IsInItsLargestUnit) {
  EXPECT_EQ(time_span(0), "0 seconds");
  EXPECT_EQ(time_span(1), "1 second");
  EXPECT_EQ(time_span(119), "1 minute");
  EXPECT_EQ(time_span(7'200), "2 hours");
  EXPECT_EQ(time_span(3 * 86'400 + 5), "3 days");
}

}  // namespace
}  // namespace filters::dkim
