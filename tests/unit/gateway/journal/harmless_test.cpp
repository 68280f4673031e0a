#include "gateway/journal/harmless.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace gateway::journal {
namespace {

namespace json = boost::json;

TEST(Harmless, what_is_plain_stays_as_it_is) {
  for (const std::string_view record :
       {R"({"a":"b","c":[1,2]})", R"({"a": "größer €","b":"\u202e\n"})", "", "{\"a\":\t1}"})
    EXPECT_EQ(harmless(record), record);
}

TEST(Harmless, the_values_are_the_same) {
  const std::string record =
      "{\"subject\":\"a\x7f\xe2\x80\xaegpj.exe\xc2\x9b"
      "31m\xef\xbb\xbf\"}";
  EXPECT_EQ(harmless(record), R"({"subject":"a\u007f\u202egpj.exe\u009b31m\ufeff"})");
  EXPECT_EQ(json::parse(harmless(record)), json::parse(record));
}

TEST(Harmless, what_is_no_text_is_replaced) {
  EXPECT_EQ(harmless("\"\xff\x1b\""), "\"\xef\xbf\xbd\\u001b\"");
}

}  // namespace
}  // namespace gateway::journal
