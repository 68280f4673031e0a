// Typed getters on a TOML table: what they take, what they leave alone, what they say and where.

#include "gateway/settings/table_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::settings {
namespace {

enum class Colour { red, green };

// All that a getter may set, in one reading.
struct Target {
  std::string text = "before";
  std::filesystem::path path = "before";
  bool flag = false;
  std::uint8_t number = 1;
  std::uint64_t size = 1;
  double share = 0.5;
  std::chrono::seconds wait{1};
  Colour colour = Colour::red;
  std::vector<std::string> list;
};

std::string read(std::string text, Target& target) {
  policy::Diagnostics diagnostics;
  const auto file = TomlFile::parse(std::move(text), "a/f.toml", diagnostics);
  if (!file) return diagnostics.render();
  TableReader root(*file, file->root(), "");
  if (auto table = root.table("t")) {
    table->text("text", target.text);
    table->path("path", target.path);
    table->flag("flag", target.flag);
    table->number("number", target.number, 0, 255);
    table->size("size", target.size, 10, 1000);
    table->share("share", target.share);
    table->duration("wait", target.wait, std::chrono::seconds(1), std::chrono::hours(1));
    table->choice<Colour>("colour", target.colour, {{"red", Colour::red}, {"green", Colour::green}});
    table->each_text("list", "a word",
                     [&](const toml::node&, const std::string& one) { target.list.push_back(one); });
    table->done();
  }
  root.done();
  std::string messages;
  for (const auto& one : diagnostics.all())
    messages += fmt::format("{}:{}: {}\n", one.line, one.column, one.message);
  return messages;
}

TEST(TableReader, SetsWhatIsThere) {
  Target target;
  EXPECT_EQ(read(R"([t]
text = ""
path = "b"
flag = true
number = 255
size = "1kB"
share = "1%"
wait = "1h"
colour = "green"
list = ["x", "y"])",
                 target),
            "");
  EXPECT_EQ(target.text, "");
  EXPECT_EQ(target.path, "a/b");
  EXPECT_TRUE(target.flag);
  EXPECT_EQ(target.number, 255);
  EXPECT_EQ(target.size, 1000u);
  EXPECT_DOUBLE_EQ(target.share, 0.01);
  EXPECT_EQ(target.wait, std::chrono::hours(1));
  EXPECT_EQ(target.colour, Colour::green);
  EXPECT_EQ(target.list, (std::vector<std::string>{"x", "y"}));
}

struct Mistake {
  std::string name;
  std::string line;  // below [t]
  std::string says;
};
POSTERN_NAMED(Mistake)

class TableReaderMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(TableReaderMistakes, AreShownWhereTheyStandAndChangeNothing) {
  Target target;
  EXPECT_EQ(read("[t]\n" + GetParam().line, target), GetParam().says + "\n");
  EXPECT_EQ(target.text, "before");
  EXPECT_EQ(target.path, "before");
  EXPECT_FALSE(target.flag);
  EXPECT_EQ(target.number, 1);
  EXPECT_EQ(target.size, 1u);
  EXPECT_DOUBLE_EQ(target.share, 0.5);
  EXPECT_EQ(target.wait, std::chrono::seconds(1));
  EXPECT_EQ(target.colour, Colour::red);
}

INSTANTIATE_TEST_SUITE_P(
    Table, TableReaderMistakes,
    testing::Values(
        Mistake{"a text that is none", "text = 5", "2:8: expected a text, not a number"},
        Mistake{"a control character", R"(text = "a\u0000b")",
                "2:8: expected a text, without control characters"},
        Mistake{"an empty path", "path = ''", "2:8: expected a path, not an empty text"},
        Mistake{"a flag in quotes", "flag = 'true'", "2:8: expected true or false, not a text"},
        Mistake{"a number too large", "number = 256", "2:10: expected a whole number from 0 to 255, not 256"},
        Mistake{"a number below zero", "number = -1", "2:10: expected a whole number from 0 to 255, not -1"},
        Mistake{"a fraction", "number = 1.5", "2:10: expected a whole number from 0 to 255"},
        Mistake{"a number in quotes", "number = '1'",
                "2:10: expected a whole number from 0 to 255, not a text"},
        Mistake{"a size without a unit", "size = 50",
                "2:8: expected a size with its unit, such as \"25MB\", \"16KiB\" or \"500B\", not a number"},
        Mistake{"a size too small", "size = '9B'", "2:8: expected at least 10B"},
        Mistake{"a size too large", "size = '1MB'", "2:8: expected at most 1kB"},
        Mistake{"a share without a percent sign", "share = 0.05",
                "2:9: expected a percentage, such as \"5%\", not a number"},
        Mistake{"a duration too short", "wait = '500ms'", "2:8: expected at least 1s"},
        Mistake{"a duration too long", "wait = '61m'", "2:8: expected at most 1h"},
        Mistake{"half a second", "wait = '1500ms'", "2:8: expected whole seconds"},
        Mistake{"a duration without a unit", "wait = 30",
                "2:8: expected a duration with its unit, such as \"30s\", \"5min\" or \"4h\", not a number"},
        Mistake{"a word that is near", "colour = 'gren'",
                "2:10: 'gren' is not one of \"red\" or \"green\"; did you mean green?"},
        Mistake{"a word that is no text", "colour = true",
                "2:10: expected one of \"red\" or \"green\", not true or false"},
        Mistake{"a text for a list", "list = 'x'", "2:8: expected a list, each a word, not a text"},
        Mistake{"a number in a list", "list = ['x', 5]", "2:14: expected a word, not a number"},
        Mistake{"an unknown key", "colours = 'red'",
                "2:1: unknown key 'colours' in [t]; did you mean colour?"},
        Mistake{"an unknown table", "[tt]\nx = 1", "2:2: unknown key 'tt'; did you mean t?"}));

TEST(TableReader, WantsDoubleBracketsWhereThereMayBeSeveral) {
  policy::Diagnostics diagnostics;
  const auto file = TomlFile::parse("[a]\nx = 1\n[[b]]\n[[b]]\n", "f.toml", diagnostics);
  TableReader root(*file, file->root(), "");
  EXPECT_TRUE(root.tables("a").empty());
  EXPECT_EQ(root.tables("b").size(), 2u);
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].message,
            "expected a table in double brackets [[a]], as there may be several, not a table");
}

TEST(TableReader, KeepsTheOrderOfNamedTables) {
  policy::Diagnostics diagnostics;
  const auto file = TomlFile::parse("[d.\"z.example\"]\n[d.a]\n[d.m]\n", "f.toml", diagnostics);
  TableReader root(*file, file->root(), "");
  auto table = root.table("d");
  ASSERT_TRUE(table);
  std::string names;
  for (const auto& one : table->named_tables()) names += one.table.name() + " ";
  EXPECT_EQ(names, "[d.\"z.example\"] [d.a] [d.m] ");
}

}  // namespace
}  // namespace gateway::settings
