// The password file: what it may hold, and how its mistakes are shown.
#include "gateway/web/access/password_file.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::web::access {
namespace {

// RFC 7914 §12: "pleaseletmein", "SodiumChloride", N=16384, r=8, p=1; the first 32 octets.
constexpr std::string_view kRfc7914 =
    "scrypt$14$8$1$536f6469756d43686c6f72696465$"
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2";

TEST(PasswordHash, is_scrypt) {
  const auto hash = PasswordHash::parse(kRfc7914);
  ASSERT_TRUE(hash) << hash.error().text();
  EXPECT_TRUE(hash->opens("pleaseletmein"));
  EXPECT_FALSE(hash->opens("pleaseletmeiN"));
  EXPECT_FALSE(hash->opens(""));
  EXPECT_EQ(hash->text(), kRfc7914);
}

TEST(PasswordHash, is_made_with_salt_and_read_back) {
  const PasswordHash one = PasswordHash::of("correct horse");
  EXPECT_NE(one.text(), PasswordHash::of("correct horse").text());
  const auto read = PasswordHash::parse(one.text());
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->opens("correct horse"));
}

TEST(PasswordHash, of_nobody_opens_to_nothing) {
  EXPECT_FALSE(PasswordHash::of_nobody().opens(""));
  EXPECT_FALSE(PasswordHash::of_nobody().opens("x"));
}

TEST(PasswordHash, refuses_a_password_that_is_too_long_instead_of_cutting_it) {
  const std::string longest(PasswordHash::kLongestPassword, 'a');
  EXPECT_FALSE(PasswordHash::parse(kRfc7914)->opens(longest + "a"));
}

struct Case {
  std::string name;
  std::string line;
  std::string message;  // with its place
};
POSTERN_NAMED(Case)

class BrokenPasswordLine : public testing::TestWithParam<Case> {};

TEST_P(BrokenPasswordLine, is_shown_where_it_is_wrong) {
  policy::Diagnostics diagnostics;
  const std::string text =
      "# people\n\nerika:operate:" + std::string(kRfc7914) + "\n" + GetParam().line + "\n";
  EXPECT_FALSE(parse_accounts(text, "passwords", diagnostics));
  ASSERT_EQ(diagnostics.all().size(), 1u);
  const std::string shown = diagnostics.render();
  EXPECT_TRUE(shown.starts_with("passwords:4:" + GetParam().message)) << shown;
  EXPECT_EQ(shown.find("7023bdcb"), std::string::npos) << "no hash reaches a log";
}

std::string hash(std::string_view parameters) {
  return "scrypt$" + std::string(parameters) + std::string(kRfc7914.substr(kRfc7914.find("$536f")));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenPasswordLine,
    testing::Values(
        Case{"one word", "max", "1: expected NAME:ROLE:HASH, as postern password NAME writes it"},
        Case{"no hash", "max:view", "1: expected NAME:ROLE:HASH"},
        Case{"no name", ":view:x", "1: expected a name of up to 64"},
        Case{"a name with a blank", "max m:view:x", "1: expected a name of up to 64"},
        Case{"a role that is none", "max:operater:x",
             "5: unknown role 'operater': expected view or operate; did you mean operate?"},
        Case{"a password in clear", "max:view:secret",
             "10: this is no password hash of ours: expected scrypt$15$8$1$…"},
        Case{"another scheme", "max:view:$2b$12$abc", "10: this is no password hash of ours"},
        Case{"an empty hash", "max:view:", "1: this is no password hash of ours"},
        Case{"too few parts", "max:view:scrypt$14$8$1", "10: expected six parts"},
        Case{"too many parts", "max:view:" + std::string(kRfc7914) + "$", "10: expected six parts"},
        Case{"N too large", "max:view:" + hash("31$8$1"), "10: expected log2 of N from 10 to 20"},
        Case{"N too small", "max:view:" + hash("1$8$1"), "10: expected log2 of N"},
        Case{"no number", "max:view:" + hash("x$8$1"), "10: expected log2 of N"},
        Case{"r of none", "max:view:" + hash("14$0$1"), "10: expected log2 of N"},
        Case{"memory beyond the bound", "max:view:" + hash("18$8$1"),
             "10: these parameters take more than 128 MiB"},
        Case{"work beyond the bound", "max:view:" + hash("17$8$16"),
             "10: these parameters take more than 128 MiB"},
        Case{"odd salt", "max:view:scrypt$14$8$1$abc$" + std::string(64, '0'), "10: expected a salt of 16"},
        Case{"a short hash", "max:view:scrypt$14$8$1$" + std::string(32, '0') + "$00",
             "10: expected a salt of 16"},
        Case{"no hexadecimal", "max:view:scrypt$14$8$1$" + std::string(32, 'g') + "$" + std::string(64, '0'),
             "10: expected a salt of 16"},
        Case{"a name twice", "erika:view:" + std::string(kRfc7914), "1: there is another line for 'erika'"}));

TEST(Accounts, are_read) {
  policy::Diagnostics diagnostics;
  const std::string text =
      "  erika:operate:" + std::string(kRfc7914) + "\r\n#max:view:x\nm.m@a:view:" + std::string(kRfc7914);
  const auto accounts = parse_accounts(text, "passwords", diagnostics);
  ASSERT_TRUE(accounts) << diagnostics.render();
  EXPECT_EQ(accounts->size(), 2u);
  EXPECT_EQ(accounts->at("erika").role, Role::operate);
  EXPECT_EQ(accounts->at("m.m@a").role, Role::view);
  EXPECT_TRUE(parse_accounts("", "passwords", diagnostics)->empty());
}

TEST(Accounts, change_one_line_and_leave_the_others) {
  const Account account{Role::view, *PasswordHash::parse(kRfc7914)};
  const std::string line = ":view:" + std::string(kRfc7914) + "\n";
  EXPECT_EQ(with_account("# a\nmaxi:view:x", "max", account), "# a\nmaxi:view:x\nmax" + line);
  EXPECT_EQ(with_account("max:operate:y\n# b\n", "max", account), "max" + line + "# b\n");
  EXPECT_EQ(with_account("a:b\nmax:operate:y\nc\n", "max", std::nullopt), "a:b\nc\n");
  EXPECT_EQ(with_account("#max:view:x\n", "max", std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace gateway::web::access
