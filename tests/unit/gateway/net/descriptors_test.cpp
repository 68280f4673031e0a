// How many descriptors there are to be, and how many of them connections may take.
#include "gateway/net/descriptors.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::net {
namespace {

constexpr DescriptorNeed kNeed{10'000, 200};

struct Case {
  std::string name;
  std::uint64_t soft;
  std::uint64_t hard;
  std::uint64_t limit;
  int ceiling;
  bool enough;
};
POSTERN_NAMED(Case)

class Descriptors : public testing::TestWithParam<Case> {};

TEST_P(Descriptors, are_planned) {
  const DescriptorPlan plan = plan_descriptors(kNeed, GetParam().soft, GetParam().hard);
  EXPECT_EQ(plan.limit, GetParam().limit);
  EXPECT_EQ(plan.ceiling, GetParam().ceiling);
  EXPECT_EQ(plan.enough, GetParam().enough);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Descriptors,
    testing::Values(Case{"raised to what is needed, with a file each", 1024, 524'288, 20'200, 20'000, true},
                    Case{"what is there already stays", 65'536, 524'288, 65'536, 65'336, true},
                    Case{"not above what is allowed", 1024, 10'200, 10'200, 10'000, true},
                    Case{"one fewer is too few", 1024, 10'199, 10'199, 9'999, false},
                    Case{"a reserve is kept also of few", 1024, 1024, 1024, 824, false},
                    Case{"of very few it is a half", 256, 256, 256, 128, false},
                    Case{"a limit beyond all numbers", 1024, ~std::uint64_t{0}, 20'200, 20'000, true}));

}  // namespace
}  // namespace gateway::net
