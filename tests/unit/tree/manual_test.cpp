// The manual keeps up with the product: what the configuration knows and what a rule can ask is described.
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "filters/registry.h"
#include "tests/support/paths.h"
#include "tests/support/temporary_directory.h"

namespace {

std::string text(const std::string& name) { return support::file_text(support::source_dir() / name); }

// Whether the word stands there by itself.
bool names(const std::string& page, const std::string& word) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = page.find(word); at != page.npos; at = page.find(word, at + 1))
    if ((at == 0 || !is_word(page[at - 1])) && !is_word(page[at + word.size()])) return true;
  return false;
}

TEST(Manual, names_every_key_of_the_configuration) {
  const std::string config = text("config/postern.toml");
  const std::string page = text("docs/man/postern.toml.5");
  const std::regex key(R"((?:^|\n)(?:# )?([a-z_]+) += )");
  std::set<std::string> keys;
  for (std::sregex_iterator at(config.begin(), config.end(), key), end; at != end; ++at)
    keys.insert((*at)[1].str());
  EXPECT_GT(keys.size(), 50u);
  for (const std::string& one : keys) EXPECT_TRUE(names(page, one)) << one << " is not in postern.toml.5";
}

TEST(Manual, names_every_fact_of_the_filters) {
  const std::string page = text("docs/manual/filters.md");
  for (const filters::Entry& filter : filters::all_filters()) {
    const std::string_view heading = filter.part_of.empty() ? filter.name : filter.part_of;
    EXPECT_TRUE(page.find("## " + std::string(heading)) != page.npos) << filter.name;
    for (const auto& fact : filter.facts)
      EXPECT_TRUE(page.find("`" + std::string(fact.name) + "`") != page.npos) << fact.name;
  }
}

}  // namespace
