// Header fields as they are hashed, and which of them an h= covers.  RFC 6376 §3.4, §3.7, §5.4.2
#include "filters/signing/canonical_field.h"

#include <gtest/gtest.h>

#include "filters/signing/field_index.h"

namespace filters::signing {
namespace {

using enum signing::Canonicalization;

std::string canonical(std::string_view raw, signing::Canonicalization form) {
  std::string out;
  append_canonical(raw, form, out);
  return out;
}

TEST(CanonicalField, HasTwoForms) {
  struct Row {
    std::string raw;
    std::string relaxed;
  };
  for (const Row& row :
       {Row{"A: X\r\n", "a:X"}, Row{"B : Y\t\r\n\tZ  \r\n", "b:Y Z"},  // RFC 6376 §3.4.5
        Row{"SUBJECT:\r\n  a \t b\r\n \r\n", "subject:a b"}, Row{"X:\r\n", "x:"}, Row{"X:   \r\n", "x:"},
        Row{"X:a\rb \r c\r\n", "x:a\rb \r c"}, Row{"no colon\r\n", "no colon:"}, Row{"X: a", "x:a"}}) {
    EXPECT_EQ(canonical(row.raw, relaxed), row.relaxed);
    const std::string end = row.raw.ends_with("\r\n") ? "\r\n" : "";
    EXPECT_EQ(canonical(row.raw, simple) + end, row.raw);
  }
}

TEST(CanonicalField, LeavesOutTheSignature) {
  struct Row {
    std::string value;
    std::string without;
  };
  for (const Row& row : {Row{" a=1; b=xyz; c=2", " a=1; b=; c=2"},
                         Row{" a=1; b = x\r\n yz \r\n ; c=2", " a=1; b =; c=2"}, Row{" b=xyz\r\n\tz ", " b="},
                         Row{" bh=1; b=2", " bh=1; b="}, Row{"b=", "b="}, Row{" a=1; B=2", " a=1; B=2"},
                         Row{" a=b=c; b=1", " a=b=c; b="}, Row{" ab; b=1;", " ab; b=;"}, Row{"", ""}}) {
    const auto message = Message::parse("X:" + row.value + "\r\n\r\n");
    EXPECT_EQ(canonical(without_signature(message->fields().at(0)), simple), "X:" + row.without);
  }
}

TEST(FieldIndex, TakesTheLowestThatIsLeft) {
  const auto message =
      Message::parse("Own: 0\r\nA: 1\r\nB: 2\r\na : 3\r\nOwn: 4\r\nOther: 5\r\nno field\r\nA: 6\r\n\r\n");
  const FieldIndex index(*message);
  const Field* const own = &message->fields().front();
  struct Row {
    std::vector<std::string> names;
    std::string values;
  };
  for (const Row& row :
       {Row{{"a"}, "6"}, Row{{"a", "b", "a", "a", "a"}, "6 2 3 1"}, Row{{"c", "b", "b"}, "2"},
        Row{{"own", "own"}, "4"}, Row{{}, ""}, Row{{"zzz", "other"}, "5"}}) {
    std::string values;
    for (const Field* field : index.covered(row.names, own))
      values.append(values.empty() ? "" : " ").append(unfold(field->value));
    EXPECT_EQ(values, row.values);
  }
  EXPECT_EQ(index.covered(std::vector<std::string>{"own", "own"}, nullptr).size(), 2u);
}

TEST(FieldIndex, SeesWhatWasAddedToTheCoveredOnes) {
  const auto message = Message::parse("Subject: 1\r\nFrom: a\r\nSubject: 2\r\nTo: b\r\nTo: c\r\n\r\n");
  using Names = std::vector<std::string>;
  EXPECT_EQ(added_field(*message, Names{"from", "subject", "to"}), "subject");
  EXPECT_EQ(added_field(*message, Names{"from", "subject", "subject"}), "");
  EXPECT_EQ(added_field(*message, Names{"from", "to"}), "");
}

}  // namespace
}  // namespace filters::signing
