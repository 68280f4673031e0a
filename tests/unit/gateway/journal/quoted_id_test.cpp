#include "gateway/journal/quoted_id.h"

#include <gtest/gtest.h>

namespace gateway::journal {
namespace {

struct Quoted {
  std::vector<std::string> words;
  std::vector<std::string> ids;
};

class QuotedId : public testing::TestWithParam<Quoted> {};

TEST_P(QuotedId, is_found) { EXPECT_EQ(quoted_ids(GetParam().words), GetParam().ids); }

INSTANTIATE_TEST_SUITE_P(
    Table, QuotedId,
    testing::Values(
        Quoted{{"4F7K2M9QX0TB"}, {"4F7K2M9QX0TB"}}, Quoted{{"4f7k2m9qxotb"}, {"4F7K2M9QX0TB"}},
        Quoted{{"[4F7K2M9QX0TB]"}, {"4F7K2M9QX0TB"}}, Quoted{{"(4f7k2m9qx0tb)."}, {"4F7K2M9QX0TB"}},
        Quoted{{"550 5.7.26 refused, see 4F7K2M9QX0TB"}, {"4F7K2M9QX0TB"}},
        Quoted{{"550", "5.7.26", "refused", "4F7K2M9QX0TB"}, {"4F7K2M9QX0TB"}},
        Quoted{{"00000000000A and 00000000000B"}, {"00000000000B", "00000000000A"}},
        Quoted{{"00000000000A 00000000000a"}, {"00000000000A"}}, Quoted{{"4F7K2M9QX0TBX"}, {}},
        Quoted{{"4F7K2M9QX0T"}, {}}, Quoted{{"4F7K2M9QX0TU"}, {}}, Quoted{{""}, {}},
        Quoted{{"see 4F7K2M9=\nQX0TB"}, {"4F7K2M9QX0TB"}},
        Quoted{{"see 4F7K2M9=\r\nQX0TB."}, {"4F7K2M9QX0TB"}},
        Quoted{{"see 4F7K2M9=  \nQX0TB."}, {"4F7K2M9QX0TB"}}, Quoted{{"4F7K2M9=", "QX0TB"}, {"4F7K2M9QX0TB"}},
        Quoted{{"4F7K2M9= QX0TB"}, {"4F7K2M9QX0TB"}}, Quoted{{"id=3D4F7K2M9QX0TB"}, {"4F7K2M9QX0TB"}},
        Quoted{{"=3D4F7K=\n2M9QX0TB=20"}, {"4F7K2M9QX0TB"}}, Quoted{{"[4F7K2M9QX0TB=5D"}, {"4F7K2M9QX0TB"}},
        Quoted{{"4F7K2M9 QX0TB"}, {}}, Quoted{{"="}, {}}, Quoted{{"=4"}, {}}, Quoted{{}, {}},
        Quoted{{"450 Transmission held (id 00000000000A)"}, {"00000000000A"}},
        Quoted{{"(id 00000000000A), said 00000000000B"}, {"00000000000A", "00000000000B"}},
        Quoted{{"valid 00000000000A 00000000000B"}, {"00000000000B", "00000000000A"}},
        Quoted{{"'; DROP TABLE record; --"}, {}}));

TEST(NamedIds, AreThoseOfEachWord) {
  const std::vector<std::string> words{"00000000000b", "450 held (id 00000000000A)", "<00000000000B>"};
  EXPECT_EQ(*named_ids(words), (std::vector<std::string>{"00000000000B", "00000000000A"}));
  for (const std::vector<std::string>& broken :
       {std::vector<std::string>{"00000000000", "00000000000A"}, {"00000000000A", "foo"}, {""}}) {
    const auto ids = named_ids(broken);
    ASSERT_FALSE(ids);
    EXPECT_NE(ids.error().text().find("there is no id in"), std::string::npos);
  }
  EXPECT_TRUE(named_ids({})->empty());
}

}  // namespace
}  // namespace gateway::journal
