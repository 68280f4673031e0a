// The accounts in force follow the file, but no mistake in it.
#include "gateway/web/access/keeper.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_directory.h"

namespace gateway::web::access {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHash =
    "scrypt$14$8$1$536f6469756d43686c6f72696465$7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2";

TEST(Keeper, follows_the_file_but_no_mistake_in_it) {
  const support::TemporaryDirectory directory;
  const auto file = directory.path() / "passwords";
  const auto write = [&](const std::string& text) { std::ofstream(file) << text; };
  Keeper keeper(file);
  Keeper::Clock::time_point now{1h};
  EXPECT_TRUE(keeper.now(now)->empty()) << "no file: nobody";
  const std::string line = "erika:view:" + std::string(kHash) + "\n";
  write(line);
  EXPECT_TRUE(keeper.now(now)->empty()) << "it is looked at once a second";
  EXPECT_EQ(keeper.now(now += 1s)->size(), 1u);
  write(line + "max:view\n");
  EXPECT_EQ(keeper.now(now += 1s)->size(), 1u);
  write(line + "max:view:" + std::string(kHash) + "\n");
  EXPECT_EQ(keeper.now(now += 1s)->size(), 2u);
  std::filesystem::remove(file);
  EXPECT_EQ(keeper.now(now += 1s)->size(), 2u);
  write("# nobody any more\n");
  EXPECT_TRUE(keeper.now(now += 1s)->empty());
}

}  // namespace
}  // namespace gateway::web::access
