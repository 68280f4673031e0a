// The organisational domain of RFC 7489, by the vectors of the Public Suffix List.
#include "filters/dmarc/public_suffix.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <fstream>
#include <iterator>

#include "policy/facts/domain.h"

#include "tests/support/paths.h"

namespace filters::dmarc {
namespace {

std::string organisation(std::string_view text) {
  const auto domain = policy::Domain::parse(text);
  return domain ? std::string(rfc7489_organisation(domain->text())) : std::string();
}

TEST(PublicSuffix, IsFollowedByOneLabel) {
  EXPECT_EQ(organisation("a.b.example.com"), "example.com");
  EXPECT_EQ(organisation("example.co.uk"), "example.co.uk");
  EXPECT_EQ(organisation("co.uk"), "");
  EXPECT_EQ(organisation("a.b.unlisted"), "b.unlisted") << "one label is a suffix where no rule is";
}

TEST(PublicSuffix, Vectors) {
  std::ifstream file(support::conformance_dir() / "psl/vectors.json");
  if (!file) GTEST_SKIP() << "the vectors of the Public Suffix List are not here";
  const auto vectors = boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
  std::size_t checked = 0;
  for (const auto& row : vectors.at("cases").as_array()) {
    const auto text = [&](const char* key) {
      const auto* string = row.at(key).if_string();
      return string ? std::string(*string) : std::string();
    };
    const auto expected = policy::Domain::parse(text("registrable"));
    EXPECT_EQ(organisation(text("input")), expected ? expected->text() : "") << text("input");
    ++checked;
  }
  EXPECT_EQ(checked, 78u);
}

}  // namespace
}  // namespace filters::dmarc
