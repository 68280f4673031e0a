// The lists in the DNS that a configuration names.
#include <gtest/gtest.h>

#include "filters/dnsxl/list.h"
#include "gateway/lists/configured.h"
#include "gateway/settings/settings.h"
#include "tests/support/temporary_directory.h"

namespace gateway::settings {
namespace {

using filters::dnsxl::DnsList;
using filters::dnsxl::Kind;

class Lists : public testing::Test {
 protected:
  std::shared_ptr<const Settings> load(const std::string& filters) {
    const Path file = directory_.path() / "postern.toml";
    std::ofstream(file) << "hostname = \"mx1.example.com\"\n[domains.\"example.com\"]\nmailstore = \"main\"\n"
                           "[mailstore.main]\nservers = [\"10.0.0.5:25\"]\n"
                        << filters;
    policy::Diagnostics diagnostics;
    auto settings = Settings::load(file, diagnostics);
    EXPECT_TRUE(settings) << diagnostics.render();
    return settings;
  }
  static bool counts(const filters::dnsxl::CountedCodes& codes, std::string_view code) {
    return std::ranges::any_of(codes.patterns, [&](const filters::dnsxl::CodePattern& one) {
      return one.matches(IpAddress::parse(code).value());
    });
  }

  support::TemporaryDirectory directory_;
};

TEST_F(Lists, AreReadWithTheirCodesAndKeys) {
  std::ofstream(directory_.path() / "dqs.key") << "S3cretKey\n";
  const auto settings = load(R"([filter.dnsbl]
lists = [{ id = "zen", zone = "{key}.Zen.dq.spamhaus.net", key_file = "dqs.key", codes = { "127.0.0.2-11" = 3.0 } }]
)");
  ASSERT_EQ(settings->dnsbl.size(), 1u);
  const DnsList& list = settings->dnsbl.front();
  EXPECT_EQ(list.id, "zen");
  EXPECT_EQ(list.kind, Kind::addresses);
  EXPECT_EQ(list.zone, "s3cretkey.zen.dq.spamhaus.net");
  EXPECT_EQ(list.shown_zone(), "{key}.zen.dq.spamhaus.net");
  EXPECT_EQ(list.test_point, "127.0.0.2");
  ASSERT_EQ(list.codes.size(), 1u);
  EXPECT_EQ(list.codes.front().written, "127.0.0.2-11");
  EXPECT_EQ(list.codes.front().weight, 3.0);
  EXPECT_TRUE(counts(list.codes.front(), "127.0.0.11"));
  EXPECT_FALSE(counts(list.codes.front(), "127.0.0.12"));
}

TEST_F(Lists, MayHaveTheKeyAnywhereInTheZone) {
  std::ofstream(directory_.path() / "key") << "  abc \n\n";
  const auto settings = load(R"([filter.dnswl]
lists = [{ id = "wl", zone = "x.{key}.wl.example.org", key_file = "key" }]
)");
  EXPECT_EQ(settings->dnswl.front().zone, "x.abc.wl.example.org");
  EXPECT_EQ(settings->dnswl.front().shown_zone(), "x.{key}.wl.example.org");
}

TEST_F(Lists, MayBeWeighedAsAWhole) {
  const auto settings = load(R"([[filter.dnsbl.lists]]
id = "a"
zone = "a.example.org"
codes = ["127.0.0.2", "127.0.0.4-7"]
weight = 2

[[filter.dnsbl.lists]]
id = "b"
zone = "b.example.org"

[[filter.dnsbl.lists]]
id = "c"
zone = "c.example.org"
codes = { "127.0.0.2, 127.0.0.9" = 1, "127.0.0.3" = 0 }
test_point = ""
)");
  ASSERT_EQ(settings->dnsbl.size(), 3u);
  const auto& a = settings->dnsbl[0].codes;
  ASSERT_EQ(a.size(), 1u);
  EXPECT_EQ(a.front().written, "127.0.0.2, 127.0.0.4-7");
  EXPECT_EQ(a.front().weight, 2.0);
  EXPECT_TRUE(counts(a.front(), "127.0.0.5"));
  const auto& b = settings->dnsbl[1].codes;
  ASSERT_EQ(b.size(), 1u);
  EXPECT_EQ(b.front().weight, 1.0);
  EXPECT_TRUE(counts(b.front(), "127.9.9.9"));
  EXPECT_FALSE(counts(b.front(), "127.0.0.1"));
  const DnsList& c = settings->dnsbl[2];
  ASSERT_EQ(c.codes.size(), 2u);
  EXPECT_TRUE(counts(c.codes[0], "127.0.0.9"));
  EXPECT_EQ(c.test_point, "");
}

TEST_F(Lists, OfDomainsHaveKeysOfTheirOwn) {
  const auto settings = load(R"([filter.dbl]
lists = [{ id = "dbl", zone = "dbl.example.org", org_domain = true },
         { id = "other", zone = "other.example.org", test_point = "DBLtest.com" }]
)");
  ASSERT_EQ(settings->dbl.size(), 2u);
  EXPECT_EQ(settings->dbl[0].kind, Kind::domains);
  EXPECT_TRUE(settings->dbl[0].org_domain);
  EXPECT_EQ(settings->dbl[0].test_point, "test");
  EXPECT_EQ(settings->dbl[1].test_point, "dbltest.com");
}

// Of the filters that ask lists.
std::set<std::string, std::less<>> off(const std::shared_ptr<const Settings>& settings) {
  std::set<std::string, std::less<>> names;
  for (const std::string_view name : {"dnsbl", "dnswl", "dbl"})
    if (settings->filters_off.contains(name)) names.emplace(name);
  return names;
}

TEST_F(Lists, SwitchTheirFilterOn) {
  const std::set<std::string, std::less<>> all{"dbl", "dnsbl", "dnswl"};
  EXPECT_EQ(off(load("")), all);
  EXPECT_EQ(off(load("[filter.dnsbl]\nenabled = true\n")), all);
  const auto settings = load(R"([filter.dnsbl]
lists = [{ id = "a", zone = "a.example.org" }]
[filter.dnswl]
enabled = false
lists = [{ id = "b", zone = "b.example.org" }]
[filter.dbl]
lists = [{ id = "c", zone = "c.example.org" }]
)");
  EXPECT_EQ(off(settings), (std::set<std::string, std::less<>>{"dnswl"}));
  const auto asked = lists::configured_lists(*settings);
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].id, "a");
  EXPECT_EQ(asked[1].id, "c");
  EXPECT_EQ(off(load("[filter.dbl]\nenabled = false\nlists = [{ id = \"c\", zone = \"c.example.org\" }]\n")),
            all);
}

}  // namespace
}  // namespace gateway::settings
