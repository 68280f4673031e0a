#include "gateway/journal/erasure.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "gateway/journal/encode.h"
#include "tests/support/journal_entry.h"

namespace gateway::journal {
namespace {

std::string without(std::string_view address, std::string_view record) {
  return Erasure::of(address)->without(record).value_or("not in it");
}

std::string sample_record() {
  const support::SampleEntry entry = support::sample_entry();
  return encode_record(entry);
}

struct Place {
  std::string_view record;
  std::string_view left;
};

class Erased : public testing::TestWithParam<Place> {};

TEST_P(Erased, is_the_address_and_nothing_else) {
  EXPECT_EQ(without("Joe@A.example", GetParam().record), GetParam().left);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Erased,
    testing::Values(
        Place{R"({"a":"joe@a.example"})", R"({"a":"erased@a.example"})"},
        Place{R"({"a":"JOE@a.EXAMPLE"})", R"({"a":"erased@a.EXAMPLE"})"},
        Place{R"({"a":["to <joe@a.example>, joe@a.example."]})",
              R"({"a":["to <erased@a.example>, erased@a.example."]})"},
        Place{R"({"a":"bounce+joe=a.example@list.example"})",
              R"({"a":"bounce+erased=a.example@list.example"})"},
        Place{R"({"a":"\"Joe\"@a.example"})", R"({"a":"erased@a.example"})"},
        Place{R"({"a":"<\"j\\oe\"@a.example>"})", R"({"a":"<erased@a.example>"})"},
        Place{R"({"a":"\"joe\"@b.example"})", "not in it"}, Place{R"({"a":"\"joe@a.exampl"})", "not in it"},
        Place{R"({"a":"\"x joe\"@a.example"})", "not in it"},
        Place{R"({"a":"SRS0=ab+c=TT=a.example=joe@fwd.example"})",
              R"({"a":"SRS0=ab+c=TT=a.example=erased@fwd.example"})"},
        Place{R"({"a":"srs0=abc=TT=b.a.example=joe@fwd.example"})", "not in it"},
        Place{R"({"a":"srs0=abc=TT=a.example=joey@fwd.example"})", "not in it"},
        Place{R"({"a":"joe%a.example@relay.example"})", R"({"a":"erased%a.example@relay.example"})"},
        Place{R"({"a":"https://list.example/?leave=joe%40a.example&x"})",
              R"({"a":"https://list.example/?leave=erased%40a.example&x"})"},
        Place{R"({"a":"mailto:%3Cjoe%40a.example%3E"})", R"({"a":"mailto:%3Cerased%40a.example%3E"})"},
        Place{R"({"a":"x=joe%3da.example"})", R"({"a":"x=erased%3da.example"})"},
        Place{R"({"a":"a.example!joe@relay.example"})", R"({"a":"a.example!erased@relay.example"})"},
        Place{R"({"a":"caf\u00e9 joe@a.example"})", R"({"a":"café erased@a.example"})"},
        Place{R"({"a":0.020,"b":[1e3,null],"c":"joe@a.example"})",
              R"({"a":0.020,"b":[1e3,null],"c":"erased@a.example"})"},
        Place{R"({"a":"say \"hi\\\" joe@a.example"})", R"({"a":"say \"hi\\\" erased@a.example"})"},
        Place{R"({"a":"one\njoe@a.example\u202e"})", R"({"a":"one\nerased@a.example\u202e"})"},
        Place{R"({"a":"\u202ejoe@a.example"})", R"({"a":"\u202eerased@a.example"})"},
        Place{R"({"a":"\\\u0001joe@a.example"})", R"({"a":"\\\u0001erased@a.example"})"},
        Place{R"({"a":"\\njoe@a.example"})", "not in it"},
        Place{R"({"a":"\\u202ejoe@a.example"})", "not in it"},
        Place{R"({"a":"xjoe@a.example"})", "not in it"}, Place{R"({"a":"x.joe@a.example"})", "not in it"},
        Place{R"({"a":"joe@a.example.org"})", "not in it"}, Place{R"({"a":"joe@a.examples"})", "not in it"},
        Place{R"({"a":"joe@ba.example"})", "not in it"}, Place{R"({"a":"joe@a.example-x"})", "not in it"},
        Place{R"({"a":"x.joe=a.example@list.example"})", "not in it"}, Place{"", "not in it"},
        Place{R"({"a":"account 'joe@a.example' is locked"})",
              R"({"a":"account 'erased@a.example' is locked"})"},
        Place{R"({"a":"https://l.example/u?email=joe@a.example&x=/joe@a.example|joe@a.example"})",
              R"({"a":"https://l.example/u?email=erased@a.example&x=/erased@a.example|erased@a.example"})"},
        Place{R"({"a":"smtp.helo=joe@a.example"})", R"({"a":"smtp.helo=erased@a.example"})"},
        Place{R"({"a":"Received: from joe?a.example (unknown) by"})",
              R"({"a":"Received: from erased?a.example (unknown) by"})"},
        Place{R"({"a":"href=3D\"joe@a.example\" e=3Djoe@a.example =3Cjoe=40a.example=3E"})",
              R"({"a":"href=3D\"erased@a.example\" e=3Derased@a.example =3Cerased=40a.example=3E"})"},
        Place{R"({"a":"„joe@a.example“ «joe@a.example» 请joe@a.example的"})",
              R"({"a":"„erased@a.example“ «erased@a.example» 请erased@a.example的"})"},
        Place{R"({"a":"...joe@a.example-- _joe"})", R"({"a":"...erased@a.example-- _joe"})"},
        Place{R"({"a":"o'joe@a.example"})", "not in it"}, Place{R"({"a":"é.joe@a.example"})", "not in it"},
        Place{R"({"a":"éjoe@a.example"})", "not in it"}, Place{R"({"a":"joe@a.exampleé"})", "not in it"},
        Place{R"({"a":"joe@a.example.é"})", "not in it"}, Place{R"({"a":"x-joe@a.example"})", "not in it"},
        Place{R"({"a":"x=abjoe@a.example"})", "not in it"},
        Place{R"({"a":"a.example=joe.x@fwd.example"})", "not in it"},
        Place{R"({"torn":"joe@a.example)", R"({"torn":"erased@a.example)"},
        Place{R"(]}"joe@a.example"\)", R"(]}"erased@a.example"\)"}));

TEST(ErasedAddress, IsFoundInEachSpellingOfItsDomain) {
  const std::string_view record =
      R"({"a":"karl@müller.example","b":"KARL@xn--mller-kva.example","c":"karl@mueller.example"})";
  const std::string_view left =
      R"({"a":"erased@müller.example","b":"erased@xn--mller-kva.example","c":"karl@mueller.example"})";
  EXPECT_EQ(without("karl@müller.example", record), left);
  EXPECT_EQ(without("karl@xn--mller-kva.example", record), left);
  EXPECT_EQ(without("häns@müller.example", R"({"a":"häns@müller.example"})"),
            R"({"a":"erased@müller.example"})");
  EXPECT_EQ(without("joe@xn--a.example", R"({"a":"joe@xn--a.example"})"), R"({"a":"erased@xn--a.example"})");
}

TEST(ErasedRecord, KeepsWhatWasDecidedAndWhy) {
  support::SampleEntry entry = support::sample_entry();
  entry.headers = {{"From", {"Joe Doe <joe@a.example>"}}, {"X-Spam", {"no"}}, {"Subject", {"hello"}}};
  entry.facts.push_back({"from.name", Fact(Fact::State::known, std::string("Joe Doe"))});
  entry.evidence.front().reason = "Joe Doe is not one of ours";
  const std::string record = encode_record(entry);
  const std::string left = without("joe@a.example", record);
  const auto value = boost::json::parse(left);
  for (const char* gone : {"joe@", "Joe Doe", "hello"}) EXPECT_EQ(left.find(gone), std::string::npos) << gone;
  EXPECT_EQ(value.at("sender").as_string(), "erased@a.example");
  EXPECT_EQ(value.at("header_from").as_string(), "erased@a.example");
  EXPECT_EQ(value.at("subject").as_string(), "[erased]");
  EXPECT_EQ(value.at("header_values").at("X-Spam").at(0).as_string(), "no");
  EXPECT_EQ(value.at("evidence").at(0).at("reason").as_string(), "[erased] is not one of ours");
  const auto before = boost::json::parse(record);
  for (const char* kept :
       {"id", "time", "client", "verdict", "rules", "dns", "recipients", "message_id", "reply"})
    EXPECT_EQ(value.at(kept), before.at(kept)) << kept;
}

TEST(ErasedRecord, OfARecipientKeepsTheSubject) {
  const std::string left = without("user@example.com", sample_record());
  const auto value = boost::json::parse(left);
  EXPECT_EQ(value.at("recipients").at(0).at("address").as_string(), "erased@example.com");
  EXPECT_EQ(value.at("subject").as_string(), "hello");
  EXPECT_EQ(value.at("sender").as_string(), "joe@a.example");
}

TEST(ErasedRecord, TwiceIsTheSameAsOnce) {
  const std::string once = without("joe@a.example", sample_record());
  EXPECT_EQ(without("joe@a.example", once), "not in it");
}

TEST(Erasure, WantsAnAddress) {
  for (const char* text : {"", "joe", "joe@", "@a.example", "<>", "@"})
    EXPECT_FALSE(Erasure::of(text)) << text;
  EXPECT_NE(Erasure::of("joe").error().text().find("joe@a.example"), std::string::npos);
}

}  // namespace
}  // namespace gateway::journal
