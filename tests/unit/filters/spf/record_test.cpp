// What counts as an SPF record, term by term.  RFC 7208 §12
#include "filters/spf/record.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace filters::spf {
namespace {

struct Row {
  std::string name;
  std::string text;
  bool valid;
};
POSTERN_NAMED(Row)

class SpfRecord : public testing::TestWithParam<Row> {};

TEST_P(SpfRecord, IsReadStrictly) {
  const auto record = parse_record(GetParam().text);
  EXPECT_EQ(record.has_value(), GetParam().valid) << (record ? "" : record.error().text());
}

INSTANTIATE_TEST_SUITE_P(
    Table, SpfRecord,
    testing::Values(
        Row{"nothing but the version", "v=spf1", true}, Row{"spaces at the end", "v=spf1 -all   ", true},
        Row{"a version of another time", "v=spf10 -all", false},
        Row{"a tab is no space", "v=spf1\t-all", false},
        Row{"letters of any case", "V=sPf1 -ALL Redirect=A.example", true},
        Row{"all takes no argument", "v=spf1 all:a.example", false},
        Row{"all takes no mask", "v=spf1 all/8", false}, Row{"an empty all argument", "v=spf1 all:", false},
        Row{"two qualifiers", "v=spf1 --all", false}, Row{"a qualifier alone", "v=spf1 -", false},
        Row{"an unknown mechanism", "v=spf1 moo:a.example", false},
        Row{"a qualified modifier", "v=spf1 -redirect=a.example", false},
        Row{"include needs a domain", "v=spf1 include", false},
        Row{"include of nothing", "v=spf1 include:", false},
        Row{"a mask on include", "v=spf1 include:a.example/8", false}, Row{"a alone", "v=spf1 a", true},
        Row{"a with both masks", "v=spf1 a:b.example/24//64", true},
        Row{"a with an IPv6 mask", "v=spf1 a//0", true}, Row{"mx with masks alone", "v=spf1 mx/0//0", true},
        Row{"the masks turned round", "v=spf1 a//64/24", false}, Row{"an empty mask", "v=spf1 a/", false},
        Row{"an IPv4 mask too long", "v=spf1 a/33", false},
        Row{"an IPv6 mask too long", "v=spf1 a//129", false},
        Row{"a mask with a leading zero", "v=spf1 a/024", false},
        Row{"a zero mask twice over", "v=spf1 a/00", false},
        Row{"a slash within a domain", "v=spf1 a:b/c.example", true},
        Row{"a port is no domain", "v=spf1 a:b.example:8080", false},
        Row{"one label", "v=spf1 a:museum", false}, Row{"a dot at the end", "v=spf1 a:museum.example.", true},
        Row{"a numeric top label", "v=spf1 a:1.2.3.4", false},
        Row{"a hyphen in front", "v=spf1 a:b.-c", false}, Row{"digits and a hyphen", "v=spf1 a:b.1-2", true},
        Row{"an underscore on top", "v=spf1 a:b.c_d", false},
        Row{"an octet above 127", "v=spf1 a:b\xc3\xa9.example", false},
        Row{"NUL", std::string("v=spf1 a:b\0.example", 18), false},
        Row{"ptr takes no mask", "v=spf1 ptr/0", false}, Row{"ptr alone", "v=spf1 ?ptr", true},
        Row{"exists needs a domain", "v=spf1 exists", false}, Row{"ip4", "v=spf1 ip4:192.0.2.0/24", true},
        Row{"ip4 without an address", "v=spf1 ip4", false},
        Row{"ip4 of three numbers", "v=spf1 ip4:192.0.2", false},
        Row{"ip4 with a leading zero", "v=spf1 ip4:192.0.02.1", false},
        Row{"ip4 with a port", "v=spf1 ip4:192.0.2.1:25", false},
        Row{"ip4 with two masks", "v=spf1 ip4:192.0.2.1/24//64", false},
        Row{"ip4 given IPv6", "v=spf1 ip4:2001:db8::1", false}, Row{"ip6", "v=spf1 ip6:2001:db8::/32", true},
        Row{"ip6 given IPv4", "v=spf1 ip6:192.0.2.1", false},
        Row{"ip6 with a double slash", "v=spf1 ip6:::1//33", false},
        Row{"ip6 holding IPv4", "v=spf1 ip6:::1.1.1.1/0", true},
        Row{"ip6 holding a broken IPv4", "v=spf1 ip6:::01.1.1.1/0", false},
        Row{"every macro letter", "v=spf1 exists:%{s}%{l}%{o}%{d}%{i}%{p}%{h}%{v}", true},
        Row{"macro letters of explanations", "v=spf1 exists:%{c}.example", false},
        Row{"macro transformers", "v=spf1 exists:%{L3r-+}.%{i12R./}.example", true},
        Row{"a macro of no labels", "v=spf1 exists:%{d0}", false},
        Row{"a delimiter that is none", "v=spf1 exists:%{d;}", false},
        Row{"a macro unclosed", "v=spf1 exists:%{d", false},
        Row{"a percent alone", "v=spf1 exists:a%.example", false},
        Row{"a percent at the end", "v=spf1 exists:a.example%", false},
        Row{"quoted percents", "v=spf1 exists:%%%_%-.example", true},
        Row{"an unknown modifier", "v=spf1 moo.2-x=cow:far_out=man:dog/cat", true},
        Row{"an empty unknown modifier", "v=spf1 moo=", true},
        Row{"an unknown modifier with a bad macro", "v=spf1 moo=%abc", false},
        Row{"a modifier without a name", "v=spf1 =a.example", false},
        Row{"redirect twice", "v=spf1 redirect=a.example redirect=b.example", false},
        Row{"exp twice", "v=spf1 exp=a.example -all exp=a.example", false},
        Row{"unknown modifiers repeat", "v=spf1 moo=a moo=b", true},
        Row{"exp of nothing", "v=spf1 exp= -all", false},
        Row{"redirect of nothing", "v=spf1 redirect=", false}),
    [](const auto& info) { return std::to_string(info.index); });

TEST(SpfRecordTerms, KeepWhatWasWritten) {
  const auto record = parse_record("v=spf1 ~mx:%{d2}/8//16 ip6:::ffff:192.0.2.1/100 exp=e.example x=1");
  ASSERT_TRUE(record);
  ASSERT_EQ(record->directives.size(), 2u);
  const Directive& mx = record->directives[0];
  EXPECT_EQ(mx.qualifier, '~');
  EXPECT_EQ(mx.mechanism, Mechanism::mx);
  EXPECT_EQ(mx.domain, "%{d2}");
  EXPECT_EQ(mx.prefix4, 8u);
  EXPECT_EQ(mx.prefix6, 16u);
  const Directive& ip6 = record->directives[1];
  EXPECT_EQ(ip6.qualifier, '+');
  EXPECT_EQ(ip6.prefix6, 100u);
  EXPECT_EQ(record->exp, "e.example");
  EXPECT_FALSE(record->redirect);
  EXPECT_EQ(record->unknown.size(), 1u);
}

TEST(SpfRecordSelection, TakesExactlyOne) {
  const auto txt = [](std::string text) { return DnsRecord{.text = std::move(text), .address = {}}; };
  const std::vector none{txt("v=spf2.0/pra"), txt("v=spf10"), txt(" v=spf1")};
  EXPECT_EQ(select_record(none).count, 0u);
  const std::vector one{txt("other"), txt("v=spf1 -all")};
  EXPECT_EQ(select_record(one).count, 1u);
  EXPECT_EQ(*select_record(one).text, "v=spf1 -all");
  EXPECT_EQ(select_record(std::vector{txt("v=spf1 -all"), txt("other"), txt("v=spf1")}).count, 2u);
}

TEST(SpfRecordMacros, AreCounted) {
  EXPECT_EQ(count_macros("a.example"), 0u);
  EXPECT_EQ(count_macros("%{d}%%%_%{ir.}.a"), 4u);
}

}  // namespace
}  // namespace filters::spf
