#include "gateway/rehearsal/test_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "gateway/rehearsal/one_test.h"

namespace gateway::rehearsal {
namespace {

using policy::language::TomlFile;

constexpr std::size_t kTests = 10'000;

class Reader {
 public:
  Reader(const TestContext& context, policy::Diagnostics& diagnostics)
      : reading_{context, {}, {}}, diagnostics_(diagnostics) {
    if (context.policy)
      for (policy::RuleInfo& rule : context.policy->rules()) {
        const std::string id = rule.id;
        reading_.rules.emplace(id, std::move(rule));
      }
    for (std::size_t i = 0; i < context.vocabulary.size(); ++i)
      reading_.fact_names.push_back(context.vocabulary[FactId(i)].name);
  }

  void read(const std::filesystem::path& path) {
    policy::Diagnostics found;
    const auto file = TomlFile::read(path, found);
    const bool known = is_of_policy(path);
    if (!file && known) return;  // the policy's own reader has told what is wrong with it
    if (file && !known) look_at_the_rest(*file);
    if (file) read(*file);
    for (const policy::Diagnostic& one : found.all()) diagnostics_.add(one);
  }

  TestSet take() { return std::move(set_); }

 private:
  void read(const TomlFile& file) {
    const toml::node* node = file.root().get("test");
    if (!node) return;
    const toml::array* array = node->as_array();
    if (!array) return file.error(*node, "tests are written [[test]], with two brackets");
    for (const toml::node& entry : *array) {
      const toml::table* table = entry.as_table();
      if (!table) {
        file.error(entry, "tests are written [[test]], with two brackets");
        continue;
      }
      if (set_.tests.size() == kTests) return file.error(entry, fmt::format("more than {} tests", kTests));
      claim_name(file, *table);
      ReadTest read = read_test(file, *table, reading_);
      if (!read.test) continue;
      if (read.off.empty()) {
        set_.tests.push_back(std::move(*read.test));
        continue;
      }
      ++set_.passed_over;
      if (!read.off.waits)
        file.warn(*table->get("name"),
                  fmt::format("test '{}' is not run: {}", read.test->name, read.off.why));
    }
  }

  bool is_of_policy(const std::filesystem::path& file) const {
    std::error_code ignored;
    return std::ranges::any_of(reading_.context.policy_files, [&](const std::filesystem::path& one) {
      return one == file || std::filesystem::equivalent(one, file, ignored);
    });
  }

  // A file that is given by itself may hold a policy: it is not the one that judges.
  void look_at_the_rest(const TomlFile& file) {
    for (const auto& [key, value] : file.root())
      if (key.str() != "test")
        file.warn(value, fmt::format("'{}' has no effect here: tests are judged by the configured policy",
                                     key.str()));
  }

  void claim_name(const TomlFile& file, const toml::table& table) {
    const auto* name = table.get_as<std::string>("name");
    if (!name) return;
    const auto [place, fresh] = names_.emplace(name->get(), file.where(*name));
    if (!fresh)
      file.error(*name, fmt::format("test '{}' is already at {}", printable(name->get()), place->second));
  }

  TestReading reading_;
  policy::Diagnostics& diagnostics_;
  std::map<std::string, std::string, std::less<>> names_;
  TestSet set_;
};

}  // namespace

TestSet read_tests(std::span<const std::filesystem::path> files, const TestContext& context,
                   policy::Diagnostics& diagnostics) {
  Reader reader(context, diagnostics);
  for (const std::filesystem::path& file : files) reader.read(file);
  return reader.take();
}

}  // namespace gateway::rehearsal
