#include "tests/support/expected_text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace support {

void expect_text(const std::string& actual, const std::filesystem::path& expected, const std::string& name) {
  std::ifstream in(expected, std::ios::binary);
  const std::string wanted{std::istreambuf_iterator<char>(in), {}};
  if (in && wanted == actual) return;
  const std::string left = testing::TempDir() + name + ".actual";
  std::ofstream(left, std::ios::binary) << actual;
  if (!in) FAIL() << expected << " is missing; what came out is in " << left;
  EXPECT_EQ(actual, wanted) << "what came out is in " << left;
}

}  // namespace support
