// All of tests/dialogues: as written, with the stream cut everywhere, and with each read and write failing.
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/support/desk_world.h"
#include "tests/support/paths.h"

namespace {

using support::Dialogue;
using support::make_double_world;
using support::MakeDialogueWorld;

using Path = std::filesystem::path;

struct File {
  Path path;
};

void PrintTo(const File& file, std::ostream* out) { *out << file.path.stem().string(); }

std::vector<File> files() {
  std::vector<File> found;
  for (const auto& entry : std::filesystem::directory_iterator(support::source_dir() / "tests/dialogues"))
    if (entry.path().extension() == ".smtp") found.push_back({entry.path()});
  std::ranges::sort(found, {}, &File::path);
  return found;
}

class Dialogues : public testing::TestWithParam<File> {
 protected:
  void expect_no_failure(std::string (*run)(const Dialogue&, const MakeDialogueWorld&)) {
    try {
      const std::string story = run(support::load_dialogue(GetParam().path), support::make_dialogue_world);
      EXPECT_TRUE(story.empty()) << story;
    } catch (const std::invalid_argument& mistake) {
      FAIL() << mistake.what();
    }
  }
};

TEST_P(Dialogues, go_as_written) { expect_no_failure(support::run_whole); }
TEST_P(Dialogues, go_the_same_wherever_the_stream_is_cut) { expect_no_failure(support::run_cut_everywhere); }
TEST_P(Dialogues, keep_whole_messages_or_none_when_the_connection_breaks) {
  expect_no_failure(support::run_failing_everywhere);
}

INSTANTIATE_TEST_SUITE_P(Files, Dialogues, testing::ValuesIn(files()),
                         [](const testing::TestParamInfo<File>& row) {
                           std::string name = row.param.path.stem().string();
                           std::ranges::replace_if(
                               name, [](unsigned char c) { return !std::isalnum(c); }, '_');
                           return name;
                         });

// What the runner says when a dialogue does not go as written: without this the rest could not fail.
std::string told(const std::string& text,
                 std::string (*run)(const Dialogue&, const MakeDialogueWorld&) = support::run_whole) {
  const std::string story = run(support::parse_dialogue("x.smtp", text), make_double_world);
  return story.substr(0, story.find('\n'));
}

TEST(DialogueRun, tells_what_was_said_instead) {
  EXPECT_EQ(told("S: 220 *\nC: FOO\nS: 250 OK\n"),
            "x.smtp:3: expected \"250 OK\", not \"500 5.5.2 Command not recognised\"");
  EXPECT_EQ(told("S: 220 *\nS: 220 *\n"), "x.smtp:2: expected \"220 *\", not \"nothing\"");
  EXPECT_EQ(told("S: 220 *\nC: NOOP\n"), "x.smtp:2: expected \"nothing more\", not \"250 2.0.0 OK\\r\\n\"");
  EXPECT_EQ(told("S: 220 *\nclosed\n"), "x.smtp:2: expected \"this\", not \"an open connection\"");
  EXPECT_EQ(told("S: 220 *\nmailstore count 1\n"), "x.smtp:2: expected \"this\", not \"0 messages\"");
  EXPECT_EQ(told("S: 220 *\nrecorded \"data\"\n"),
            "x.smtp:2: expected \"data\", not \"connected 192.0.2.7\"");
}

TEST(DialogueRun, sees_what_only_a_cut_shows) {
  EXPECT_EQ(told("raw: \"\"\nS: 220 *\nraw: \"NO\"\nhangup\n", support::run_cut_everywhere), "");
  // Octets before the greeting are seen wherever they are cut; that there are none cannot be expected.
  EXPECT_EQ(
      told("C: NOOP\nS: 220 *\nS: 250 *\nnot recorded \"early talker\"\n", support::run_cut_everywhere),
      "cut before octet 1: x.smtp:4: expected \"early talker\", not \"connected 192.0.2.7 / early talker\"");
}

}  // namespace
