#include "gateway/review/period.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace gateway::review {
namespace {

using namespace std::chrono_literals;

// Where clocks change: in March from 02:00 to 03:00, two hours ahead of UTC from then on.
class Period : public testing::Test {
 protected:
  Period() { set("CET-1CEST,M3.5.0,M10.5.0/3"); }
  ~Period() override { set(before_.empty() ? nullptr : before_.c_str()); }
  static void set(const char* zone) {
    zone ? ::setenv("TZ", zone, 1) : ::unsetenv("TZ");
    ::tzset();
  }
  // As RFC 3339 has it, or "error".
  static std::string when(std::string_view text) {
    const auto found = parse_when(text, kNow);
    return found ? to_text(Value(*found)) : "error";
  }

  static constexpr Time kNow =
      std::chrono::sys_days{std::chrono::year{2026} / 7 / 15} + 10h + 30min;  // 12:30 there

 private:
  const std::string before_ = std::getenv("TZ") ? std::getenv("TZ") : "";
};

TEST_F(Period, is_read_as_people_write_it) {
  EXPECT_EQ(when("2h"), "2026-07-15T08:30:00Z");
  EXPECT_EQ(when("90s"), "2026-07-15T10:28:30Z");
  EXPECT_EQ(when("7d"), "2026-07-08T10:30:00Z");
  EXPECT_EQ(when("today"), "2026-07-14T22:00:00Z");
  EXPECT_EQ(when("yesterday"), "2026-07-13T22:00:00Z");
  EXPECT_EQ(when("14:30"), "2026-07-15T12:30:00Z");
  EXPECT_EQ(when("14:30:15"), "2026-07-15T12:30:15Z");
  EXPECT_EQ(when("2026-01-02"), "2026-01-01T23:00:00Z");
  EXPECT_EQ(when("2026-07-02"), "2026-07-01T22:00:00Z");
  EXPECT_EQ(when("2026-01-02 14:30"), "2026-01-02T13:30:00Z");
  EXPECT_EQ(when("2026-01-02T14:30:05"), "2026-01-02T13:30:05Z");
  EXPECT_EQ(when(" 2026-01-02T14:30:05Z "), "2026-01-02T14:30:05Z");
  EXPECT_EQ(when("2026-01-02T14:30:05+05:30"), "2026-01-02T09:00:05Z");
  EXPECT_EQ(when("1767364205"), "2026-01-02T14:30:05Z");
}

TEST_F(Period, ends_with_the_day_that_is_named) {
  const auto until = [](std::string_view text) { return to_text(Value(parse_until(text, kNow).value())); };
  EXPECT_EQ(until("2026-07-02"), "2026-07-02T21:59:59Z");
  EXPECT_EQ(until("2026-03-29"), "2026-03-29T21:59:59Z") << "of 23 hours";
  EXPECT_EQ(until("yesterday"), "2026-07-14T21:59:59Z");
  EXPECT_EQ(until("today"), "2026-07-15T21:59:59Z");
  EXPECT_EQ(until("2026-07-02 14:30"), "2026-07-02T12:30:59Z") << "a minute is in it whole";
  EXPECT_EQ(until("2026-07-02T14:30"), "2026-07-02T12:30:59Z");
  EXPECT_EQ(until("14:30"), "2026-07-15T12:30:59Z");
  EXPECT_EQ(until("14:30:05"), "2026-07-15T12:30:05Z");
  EXPECT_EQ(until("2026-07-02 14:30:05"), "2026-07-02T12:30:05Z");
  EXPECT_EQ(until("2h"), "2026-07-15T08:30:00Z");
  EXPECT_FALSE(parse_until("soon", kNow));
}

TEST_F(Period, refuses_what_is_none) {
  for (const char* text :
       {"", "soon", "-2h", "25:00", "14:60", "2026-13-01", "2026-02-30", "2026-02-30 10:00", "2026-1-1",
        "2026-01-02x14:30", "2026-01-02 1430", "14:30:1", "2h ago"})
    EXPECT_EQ(when(text), "error") << text;
  EXPECT_NE(parse_when("soon", kNow).error().text().find("a duration such as 2h"), std::string::npos);
}

}  // namespace
}  // namespace gateway::review
