// Whose mail is taken, and what all others are told.
#include "gateway/pipeline/route.h"

#include <gtest/gtest.h>

#include "tests/support/desk_world.h"
#include "tests/support/named.h"

namespace gateway::pipeline {
namespace {

struct Case {
  std::string name;
  std::string recipient;
  std::string wanted;  // "mailstore address" or "@who reply"
};
POSTERN_NAMED(Case)

class FindRoute : public testing::TestWithParam<Case> {
 protected:
  static std::string route(const std::string& recipient, bool lenient) {
    static const auto in_force = support::desk_in_force();
    const Address address = recipient == "postmaster" ? Address::bare_postmaster() : Address::odd(recipient);
    const Route found = find_route(*in_force->settings, address, lenient);
    if (!found.refusal) return found.mailstore + " " + found.address.text();
    return std::string(found.refused_by) + " " + found.refusal->text().substr(0, 9);
  }
};

TEST_P(FindRoute, finds_it) { EXPECT_EQ(route(GetParam().recipient, false), GetParam().wanted); }

INSTANTIATE_TEST_SUITE_P(
    Table, FindRoute,
    testing::Values(
        Case{"any recipient", "whoever@example.com", "main whoever@example.com"},
        Case{"domains in any case", "Whoever@EXAMPLE.com", "main Whoever@EXAMPLE.com"},
        Case{"another mailstore", "x@other.example", "other x@other.example"},
        Case{"bare postmaster is the first domain's", "postmaster", "main postmaster@example.com"},
        Case{"postmaster is always there", "PostMaster@list.example", "main PostMaster@list.example"},
        Case{"on the list", "user@list.example", "main user@list.example"},
        Case{"on the list in any case", "User@List.Example", "main User@List.Example"},
        Case{"not on the list", "users@list.example", "@recipient 550 5.1.1"},
        Case{"with an extension it is not on the list", "user+x@list.example", "@recipient 550 5.1.1"},
        Case{"not ours", "x@elsewhere.example", "@relay 550 5.7.1"},
        Case{"below ours", "x@mail.example.com", "@relay 550 5.7.1"},
        Case{"above ours", "x@com", "@relay 550 5.7.1"},
        Case{"an address literal", "x@[192.0.2.25]", "@relay 550 5.7.1"},
        Case{"percent", "a%elsewhere.example@example.com", "@recipient 550 5.1.3"},
        Case{"bang", "elsewhere.example!a@example.com", "@recipient 550 5.1.3"},
        Case{"at in quotes", "\"a@elsewhere.example\"@example.com", "@recipient 550 5.1.3"},
        Case{"a pipe", "\"|sh\"@example.com", "@recipient 550 5.1.3"},
        Case{"a file", "/etc/passwd@example.com", "@recipient 550 5.1.3"},
        Case{"nothing in quotes", "\"\"@example.com", "@recipient 550 5.1.3"},
        Case{"a dot in front", "\".forward\"@example.com", "@recipient 550 5.1.3"},
        Case{"odd and not on the list", "a%b@list.example", "@recipient 550 5.1.1"},
        Case{"percent to a domain that is not ours", "a%example.com@elsewhere.example", "@relay 550 5.7.1"}));

// `explain` asks about anything; it is not talked into relaying either.
TEST_F(FindRoute, lenient_lets_odd_local_parts_through_and_nothing_else) {
  EXPECT_EQ(route("a%b@example.com", true), "main a%b@example.com");
  EXPECT_EQ(route("a%b@elsewhere.example", true), "@relay 550 5.7.1");
  EXPECT_EQ(route("nobody@list.example", true), "@recipient 550 5.1.1");
}

}  // namespace
}  // namespace gateway::pipeline
