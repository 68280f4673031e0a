// What can be told of a chain without a key: each row with its section.  RFC 8617
#include <gtest/gtest.h>

#include "filters/arc/chain.h"
#include "filters/arc/instance.h"
#include "tests/support/named.h"

namespace filters::arc {
namespace {

const std::string kTags = " a=rsa-sha256; d=a.example; s=s1; b=AAAA";

std::string results(const std::string& instance) {
  return "ARC-Authentication-Results: i=" + instance + "; a.example; spf=pass\r\n";
}
std::string message_signature(const std::string& instance) {
  return "ARC-Message-Signature: i=" + instance + ";" + kTags + "\r\n";
}
std::string seal(const std::string& instance, const std::string& cv, const std::string& tags = kTags) {
  return "ARC-Seal: i=" + instance + "; cv=" + cv + ";" + tags + "\r\n";
}
std::string set(const std::string& instance, const std::string& cv) {
  return seal(instance, cv) + message_signature(instance) + results(instance);
}

struct Case {
  std::string name;
  std::string fields;
  ChainState state;
  std::string reason;
};
POSTERN_NAMED(Case)

class ArcStructure : public testing::TestWithParam<Case> {};

TEST_P(ArcStructure, IsRead) {
  const Case& row = GetParam();
  const auto message = Message::parse("To: b\r\n" + row.fields + "From: a\r\n\r\nx\r\n");
  const Chain chain = read_chain(*message);
  EXPECT_EQ(chain.state, row.state);
  EXPECT_EQ(chain.reason, row.reason);
  EXPECT_EQ(chain.sets.empty(), row.state != ChainState::whole);
}

using enum ChainState;

INSTANTIATE_TEST_SUITE_P(
    Sets, ArcStructure,
    testing::Values(Case{"§5.2 1: no set", "", none, ""},
                    Case{"§5.2 1: what only resembles the fields is none",
                         "ARC-Sealed: i=1\r\nX-ARC-Seal: i=1\r\nARC Seal: i=1\r\n", none, ""},
                    Case{"§5.2 7: one set", set("1", "none"), whole, ""},
                    Case{"§5.2 7: two sets", set("2", "pass") + set("1", "none"), whole, ""},
                    Case{"§5.2 3B: their order in the header is free",
                         set("1", "none") + set("3", "pass") + set("2", "pass"), whole, ""},
                    Case{"§4.2.1: 01 is one or two digits, too", set("01", "none"), whole, ""},
                    Case{"§5.2 3A: no seal", message_signature("1") + results("1"), broken,
                         "set 1 has no ARC-Seal"},
                    Case{"§5.2 3A: no message signature", seal("1", "none") + results("1"), broken,
                         "set 1 has no ARC-Message-Signature"},
                    Case{"§5.2 3A: no results", seal("1", "none") + message_signature("1"), broken,
                         "set 1 has no ARC-Authentication-Results"},
                    Case{"§5.2 3A: two seals", seal("1", "none") + set("1", "none"), broken,
                         "set 1 has more than one ARC-Seal"},
                    Case{"§5.2 3A: two message signatures", message_signature("1") + set("1", "none"), broken,
                         "set 1 has more than one ARC-Message-Signature"},
                    Case{"§5.2 3A: two results", results("01") + set("1", "none"), broken,
                         "set 1 has more than one ARC-Authentication-Results"},
                    Case{"§5.2 3B: it begins with 2", set("2", "pass"), broken, "there is no set 1"},
                    Case{"§5.2 3B: a gap", set("3", "pass") + set("1", "none"), broken, "there is no set 2"},
                    Case{"§5.2 3C: nothing can have passed before set 1", set("1", "pass"), broken,
                         "the seal of set 1 says cv=pass, though no set is below it"},
                    Case{"§5.2 3C: cv=none above a set", set("2", "none") + set("1", "none"), broken,
                         "the seal of set 2 says cv=none, though set 1 is below it"},
                    Case{"§5.2 2: the newest sealer found it broken", set("2", "fail") + set("1", "none"),
                         ended, "set 2 says that the chain was broken when it came there (cv=fail)"},
                    Case{"§5.1.2: it ended, whatever stands on top",
                         set("3", "pass") + set("2", "fail") + set("1", "none"), ended,
                         "set 2 says that the chain was broken when it came there (cv=fail)"},
                    Case{"§5.1.2: it ended, and only that set need be there", set("4", "FAIL"), ended,
                         "set 4 says that the chain was broken when it came there (cv=fail)"}));

INSTANTIATE_TEST_SUITE_P(
    Fields, ArcStructure,
    testing::Values(
        Case{"§4.2.1: no instance", "ARC-Seal: cv=none;" + kTags + "\r\n", broken, "ARC-Seal: i= is missing"},
        Case{"§4.2.1: an empty one", set("", "none"), broken, "ARC-Seal: i= is empty"},
        Case{"§4.2.1: zero", set("0", "none"), broken, "ARC-Seal: i=0 is not within 1 and 50"},
        Case{"§4.2.1: 51", set("51", "pass"), broken, "ARC-Seal: i=51 is not within 1 and 50"},
        Case{"§4.2.1: three digits", set("001", "none"), broken, "ARC-Seal: i=001 is no instance"},
        Case{"§4.2.1: a sign", set("+1", "none"), broken, "ARC-Seal: i=+1 is no instance"},
        Case{"§4.2.1: I= is no i=", "ARC-Seal: I=1; cv=none;" + kTags + "\r\n", broken,
             "ARC-Seal: i= is missing"},
        Case{"§4.1.3: no cv=", "ARC-Seal: i=1;" + kTags + "\r\n" + message_signature("1") + results("1"),
             broken, "the seal of set 1: cv= is missing"},
        Case{"§4.4: an unknown cv=", set("1", "maybe"), broken, "the seal of set 1: cv=maybe is not known"},
        Case{"§4.4: its words have no case", set("1", "None"), whole, ""},
        Case{"§4.1.3: h= in a seal",
             seal("1", "none", kTags + "; h=from") + message_signature("1") + results("1"), broken,
             "the seal of set 1: h= has no place in a seal"},
        Case{"§4.1.3: no d=",
             seal("1", "none", " a=rsa-sha256; s=s1; b=AAAA") + message_signature("1") + results("1"), broken,
             "the seal of set 1: d= is missing"},
        Case{"§4.1.3: a t= that is no number",
             seal("1", "none", kTags + "; t=x") + message_signature("1") + results("1"), broken,
             "the seal of set 1: t=x is no number"},
        Case{"§4.1.3: unknown tags, bh= and c= among them, say nothing",
             seal("1", "none", kTags + "; bh=?; c=?; zz=1") + message_signature("1") + results("1"), whole,
             ""},
        Case{"RFC 6376 §3.2: a tag twice",
             seal("1", "none", kTags + "; cv=pass") + message_signature("1") + results("1"), broken,
             "ARC-Seal: tag cv= occurs twice"},
        Case{"§5.2 4: what else its message signature says is for later",
             seal("1", "none") + "ARC-Message-Signature: i=1; x\r\n" + results("1"), broken,
             "ARC-Message-Signature: \"x\" is no tag=value"},
        Case{"§4.1.1: comments and folds around the instance",
             seal("1", "none") + message_signature("1") +
                 "ARC-Authentication-Results: (a(b\\)))\r\n i (x) = (y)\r\n\t1 (z) ; a.example\r\n",
             whole, ""}));

struct Instance {
  std::string value;
  std::string found;  // the number or the reason
};

TEST(ArcInstance, StandsInFrontOfTheResults) {  // RFC 8617 §4.1.1
  for (const Instance& row :
       {Instance{"i=1; a.example", "1"}, Instance{"i=50;", "50"}, Instance{"", "it does not begin with i="},
        Instance{"a.example; i=1;", "it does not begin with i="},
        Instance{"I=1;", "it does not begin with i="}, Instance{"i 1;", "it does not begin with i="},
        Instance{"i=1", "no semicolon follows i="}, Instance{"i=1 a.example;", "no semicolon follows i="},
        Instance{"i=;", "i= is empty"}, Instance{"i=\"1\";", "i= is empty"},
        Instance{"i=111;", "i=111 is no instance"}, Instance{"(i=1;", "it does not begin with i="},
        Instance{"i=1(;", "no semicolon follows i="}, Instance{") i=1;", "it does not begin with i="},
        Instance{"(\\", "it does not begin with i="}}) {
    const Result<unsigned> found = leading_instance(row.value);
    EXPECT_EQ(found ? std::to_string(*found) : found.error().text(), row.found) << row.value;
  }
}

TEST(ArcMessageSignature, DoesNotCoverSeals) {  // RFC 8617 §4.1.2
  const std::string tags =
      "i=1; a=ed25519-sha256; d=a.example; s=s1; b=AAAA; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; h=";
  EXPECT_TRUE(parse_message_signature(tags + "from:arc-authentication-results"));
  EXPECT_TRUE(parse_message_signature(tags));
  EXPECT_TRUE(parse_message_signature("v=2; " + tags)) << "v= is to be ignored";
  EXPECT_EQ(parse_message_signature(tags + "from:ARC-Seal").error().text(), "h= names ARC-Seal");
}

}  // namespace
}  // namespace filters::arc
