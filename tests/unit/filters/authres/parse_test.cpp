#include "filters/authres/parse.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace filters::authres {
namespace {

// "id; method=result reason="…" ptype.name=[value]", versions where they are not 1; "malformed".
std::string brief(const std::optional<AuthenticationResults>& results) {
  if (!results) return "malformed";
  std::string text = results->authserv_id;
  if (results->version != 1) text += " v" + std::to_string(results->version);
  if (results->resinfos.empty()) text += "; none";
  for (const Resinfo& resinfo : results->resinfos) {
    text += "; " + resinfo.method;
    if (resinfo.method_version != 1) text += "/" + std::to_string(resinfo.method_version);
    text += "=" + resinfo.result;
    if (!resinfo.reason.empty()) text += " [" + resinfo.reason + "]";
    for (const Property& property : resinfo.properties)
      text += " " + property.ptype + "." + property.name + "=[" + property.value + "]";
  }
  return text;
}

struct Case {
  std::string name;
  std::string value;  // behind the colon
  std::string expected;
};
POSTERN_NAMED(Case)

class Parse : public testing::TestWithParam<Case> {};

TEST_P(Parse, Reads) { EXPECT_EQ(brief(parse(GetParam().value)), GetParam().expected); }

std::string comments(std::size_t depth) { return std::string(depth, '(') + std::string(depth, ')'); }
std::string results(std::size_t count) {
  std::string text = "a";
  for (std::size_t i = 0; i < count; ++i) text += "; x=y";
  return text;
}
std::string properties(std::size_t count) {
  std::string text = "a; x=y";
  for (std::size_t i = 0; i < count; ++i) text += " p.q=r";
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Appendix, Parse,  // RFC 8601, Appendix B
    testing::Values(
        Case{"B_2", " example.org 1; none\r\n", "example.org; none"},
        Case{"B_3", " example.com;\r\n      spf=pass smtp.mailfrom=example.net\r\n",
             "example.com; spf=pass smtp.mailfrom=[example.net]"},
        Case{"B_4",
             " example.com;\r\n      auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n"
             "      spf=pass smtp.mailfrom=example.net\r\n",
             "example.com; auth=pass smtp.auth=[sender@example.net]; spf=pass smtp.mailfrom=[example.net]"},
        Case{"B_6",
             " example.com;\r\n      dkim=pass reason=\"good signature\"\r\n"
             "      header.i=@mail-router.example.net;\r\n      dkim=fail reason=\"bad signature\"\r\n"
             "      header.i=@newyork.example.com\r\n",
             "example.com; dkim=pass [good signature] header.i=[@mail-router.example.net]; "
             "dkim=fail [bad signature] header.i=[@newyork.example.com]"},
        Case{
            "B_7",
            " foo.example.net (foobar) 1 (baz);\r\n   dkim (Because I like it) / 1 (One yay) = (wait for it) "
            "fail\r\n     policy (A dot can go here) . (like that) expired\r\n"
            "     (this surprised me) = (as I wasn't expecting it) 1362471462\r\n",
            "foo.example.net; dkim=fail policy.expired=[1362471462]"}));

INSTANTIATE_TEST_SUITE_P(
    WhereBlanksMayStand, Parse,
    testing::Values(
        Case{"nowhere", "a;x=y p.q=r", "a; x=y p.q=[r]"},
        Case{"everywhere", " \t a \t 1 ; x / 2 = y reason = z p . q = r ; none",
             "malformed"},  // none stands alone
        Case{"everywhere, and sound", " \t a \t 1 ; x / 2 = y reason = z p . q = r ; ",
             "a; x/2=y [z] p.q=[r]"},
        Case{"comments everywhere",
             "(0)a(1)1(2);(3)x(4)/(5)2(6)=(7)y(8)reason(9)=(a)\"z\"(b)p(c).(d)q(e)=(f)r(g);(h)m(i)=(j)n(k)",
             "a; x/2=y [z] p.q=[r]; m=n"},
        Case{"folds everywhere", "\r\n a\r\n 1\r\n ;\r\n\tx\r\n =\r\n y\r\n p\r\n .\r\n q\r\n =\r\n r\r\n ",
             "a; x=y p.q=[r]"},
        Case{"inside an address", "a; x=y p.q=b(1) @ (2)c.example (3)", "a; x=y p.q=[b@c.example]"},
        Case{"comments in comments", "(a (b (c) d)) a; (\\) \\( \\\\) x=y", "a; x=y"},
        Case{"a quote in a comment", "a (\"); x=y", "a; x=y"},
        Case{"a semicolon in a comment", "a (;) ; x=y", "a; x=y"},
        Case{"8-bit octets in a comment", "a (\xc3\xbc\xff); x=y", "a; x=y"},
        Case{"as deep as it may be", "a " + comments(50) + "; x=y", "a; x=y"},
        Case{"a comment more", "a " + comments(51) + "; x=y", "malformed"},
        Case{"a comment without end", "a (; x=y", "malformed"},
        Case{"an end without a comment", "a ); x=y", "malformed"},
        Case{"a backslash at the end of all", "a; x=y (\\", "malformed"},
        Case{"a bare CR", "a; x=y \r p.q=r", "malformed"}, Case{"a bare LF", "a; x=y \n p.q=r", "malformed"},
        Case{"a line end that is no fold", "a; x=y\r\np.q=r", "malformed"},
        Case{"a control octet in a comment", "a (\x01); x=y", "malformed"},
        Case{"NUL", std::string("a;\0x=y", 6), "malformed"}));

INSTANTIATE_TEST_SUITE_P(
    Values, Parse,
    testing::Values(
        Case{"quoted", "\"a b\"; x=y reason=\"c;\\\"d\\\\\" p.q=\"\"", "a b; x=y [c;\"d\\] p.q=[]"},
        Case{"folded in quotes", "a; x=y reason=\"b\r\n c\"", "a; x=y [b c]"},
        Case{"quotes without end", "a; x=y reason=\"b", "malformed"},
        Case{"a backslash without end", "a; x=y reason=\"b\\", "malformed"},
        Case{"a control octet in quotes", "a; x=y reason=\"b\x01\"", "malformed"},
        Case{"a line end in quotes", "a; x=y reason=\"b\r\nc\"", "malformed"},
        Case{"an escaped line end in quotes", "a; x=y reason=\"b\\\r\n c\"", "malformed"},
        Case{"a local part with signs of its own", "a; spf=pass smtp.mailfrom=b+caf_=c=d/e?f@g.example",
             "a; spf=pass smtp.mailfrom=[b+caf_=c=d/e?f@g.example]"},
        Case{"a quoted local part", "a; x=y p.q=\"b c\"@d.example", "a; x=y p.q=[b c@d.example]"},
        Case{"no local part", "a; x=y p.q=@d.example", "a; x=y p.q=[@d.example]"},
        Case{"no domain", "a; x=y p.q=b@", "malformed"},
        Case{"two at signs", "a; x=y p.q=b@c@d", "malformed"},
        Case{"a slash without an address", "a; dkim=pass header.b=/d5r", "malformed"},
        Case{"a slash in quotes", "a; dkim=pass header.b=\"/d5r\"", "a; dkim=pass header.b=[/d5r]"},
        Case{"UTF-8", "ü.example; x=y p.q=ä@ö.example", "ü.example; x=y p.q=[ä@ö.example]"},
        Case{"no value", "a; x=y p.q=", "malformed"},
        Case{"an address as authserv-id", "a@b; x=y", "malformed"}));

INSTANTIATE_TEST_SUITE_P(
    Words, Parse,
    testing::Values(
        Case{"in any case", "A.Example; SPF=Pass SMTP.MailFrom=B.Example",
             "A.Example; spf=pass smtp.mailfrom=[B.Example]"},
        Case{"that nobody registered", "a; x-my=maybe foo.bar_x-1=z", "a; x-my=maybe foo.bar_x-1=[z]"},
        Case{"none in any case", "a; NONE", "a; none"},
        Case{"a method called none", "a; none=pass", "a; none=pass"},
        Case{"none and a result", "a; none; x=y", "malformed"},
        Case{"a result and none", "a; x=y; none", "malformed"},
        Case{"none twice", "a; none; none", "malformed"}, Case{"a version", "a 2; none", "a v2; none"},
        Case{"a version beyond numbers", "a 1234567890; none", "malformed"},
        Case{"two versions", "a 1 1; none", "malformed"},
        Case{"a version that is a word", "a one; none", "malformed"},
        Case{"a method's version", "a; x/23=y", "a; x/23=y"},
        Case{"a method's version missing", "a; x/=y", "malformed"},
        Case{"a reason behind a property", "a; x=y p.q=r reason=z", "a; x=y [z] p.q=[r]"},
        Case{"two reasons", "a; x=y reason=z reason=z", "malformed"},
        Case{"a property without ptype", "a; dmarc=pass action=none header.from=b",
             "a; dmarc=pass .action=[none] header.from=[b]"},
        Case{"no result", "a; x=", "malformed"}, Case{"no method", "a; =y", "malformed"},
        Case{"no equals sign", "a; x y", "malformed"}, Case{"a word that is none", "a; x.y=z", "malformed"},
        Case{"a word with a dot too many", "a; x=y p.q.r=s", "malformed"}));

INSTANTIATE_TEST_SUITE_P(
    Semicolons, Parse,
    testing::Values(Case{"at the end", "a; x=y;", "a; x=y"},
                    Case{"two of them", "a;; x=y ; ; m=n;;", "a; x=y; m=n"},
                    Case{"behind none", "a; none;", "a; none"}, Case{"in front", "; a; x=y", "malformed"},
                    Case{"none", "a x=y", "malformed"}, Case{"nothing behind", "a;", "malformed"},
                    Case{"only a name", "a", "malformed"}, Case{"no name", " x=y", "malformed"},
                    Case{"nothing", "", "malformed"}, Case{"nothing but a comment", "(a)", "malformed"}));

TEST(ParseBounds, AreMet) {
  EXPECT_EQ(parse(results(kMostResinfos))->resinfos.size(), kMostResinfos);
  EXPECT_FALSE(parse(results(kMostResinfos + 1)));
  EXPECT_EQ(parse(properties(kMostProperties))->resinfos.at(0).properties.size(), kMostProperties);
  EXPECT_FALSE(parse(properties(kMostProperties + 1)));
}

TEST(ParseBounds, AMegabyteOfAnythingEnds) {
  for (const std::string_view part :
       {"(", "()", ";", "\"", "\\", " ", "\r\n ", "a", "a=b ", "a=b;", ".", "@", "/", "\xff"})
    for (const std::string_view front : {"", "a; ", "a; x=y p.q=", "a; x=y reason=\"", "a; (("}) {
      std::string value(front);
      while (value.size() < 1 << 20) value += part;
      const auto read = parse(value);
      if (read) EXPECT_LE(read->resinfos.size(), kMostResinfos) << front << part;
    }
}

TEST(ParseAuthservId, ReadsItWhateverFollows) {
  EXPECT_EQ(parse_authserv_id(" (x) \"a \\b\" !!! \x01"), "a b");
  EXPECT_EQ(parse_authserv_id("a.example)"), "a.example");
  EXPECT_EQ(parse_authserv_id("(a"), std::nullopt);
  EXPECT_EQ(parse_authserv_id(";a"), std::nullopt);
}

}  // namespace
}  // namespace filters::authres
