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
        Quoted{{"'; DROP TABLE record; --"}, {}}));

}  // namespace
}  // namespace gateway::journal
