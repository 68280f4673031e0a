// Authors from outside who could be taken for somebody here, and those who could not.
#include "filters/from/lookalike.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "filters/from/from_filter.h"
#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/named.h"

namespace filters::from {
namespace {

using policy::Domain;

Domain domain(std::string_view text) { return Domain::parse(text).value(); }

const Lookalikes& lookalikes() {
  static const std::vector<Domain> domains{domain("example.com"),
                                           domain("mail.example.com"),
                                           domain("acme.org"),
                                           domain("muster-bank.example"),
                                           domain("k\u00f6ln.example"),
                                           domain("lo.net"),
                                           domain("local"),
                                           domain("example.co.uk")};
  static const std::vector<std::string> names{
      "Erika Mustermann",
      "Jos\u00e9 D\u00edaz",
      "Bo Li",
      "Prince",
      "Anna-Maria von der Heide",
      "J. R. Hartley",
      "Jan Meyer",
      "\u0418\u0432\u0430\u043d \u041f\u0435\u0442\u0440\u043e\u0432"};
  static const Lookalikes made(domains, names);
  return made;
}

struct Case {
  std::string name;
  std::string author;  // domain; empty: From has a defect
  std::string shown;   // display name
  std::string of;
};
POSTERN_NAMED(Case)

class LookalikeTable : public testing::TestWithParam<Case> {};

TEST_P(LookalikeTable, Finds) {
  const Case& row = GetParam();
  const Domain author = row.author.empty() ? Domain() : domain(row.author);
  const Lookalike found = lookalikes().find(author, row.shown);
  EXPECT_EQ(found.of, row.of);
  EXPECT_EQ(found.how.empty(), row.of.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Domains, LookalikeTable,
    testing::Values(Case{"our own", "example.com", "", ""}, Case{"below our own", "a.b.example.com", "", ""},
                    Case{"somebody else", "other.test", "", ""},
                    Case{"one for l", "examp1e.com", "", "example.com"},
                    Case{"i for l", "exampie.com", "", "example.com"},
                    Case{"rn for m", "exarnple.com", "", "example.com"},
                    Case{"zero for o", "example.c0m", "", "example.com"},
                    Case{"a host below it", "mx1.examp1e.com", "", "example.com"},
                    Case{"Cyrillic a", "ex\u0430mple.com", "", "example.com"},
                    Case{"the same as A-label", "xn--exmple-4nf.com", "", "example.com"},
                    Case{"Cyrillic in a short label", "\u0430cme.org", "", "acme.org"},
                    Case{"an accent", "ex\u00e4mple.com", "", "example.com"},
                    Case{"without the accent of ours", "koln.example", "", "xn--kln-sna.example"},
                    Case{"a letter less", "exmple.com", "", "example.com"},
                    Case{"a letter more", "exaample.com", "", "example.com"},
                    Case{"another letter", "exemple.com", "", "example.com"},
                    Case{"neighbours swapped", "exmaple.com", "", "example.com"},
                    Case{"a hyphen more", "exam-ple.com", "", "example.com"},
                    Case{"a hyphen less", "musterbank.example", "", "muster-bank.example"},
                    Case{"two edits", "exmapel.com", "", ""},
                    Case{"an edit and a look-alike letter", "exmp1e.com", "", "example.com"},
                    Case{"a top-level domain cut", "example.co", "", "example.com"},
                    Case{"another letter in the top-level domain", "example.cam", "", "example.com"},
                    Case{"another top-level domain", "example.net", "", ""},
                    Case{"ours in front of a country", "example.co.uk.uj", "", "example.co.uk"},
                    Case{"a neighbour country", "example.co.ug", "", ""},
                    Case{"short label, one edit", "acne.org", "", ""},
                    Case{"short label, cut top-level domain", "acme.or", "", ""},
                    Case{"short label, look-alike letter", "acrne.org", "", "acme.org"},
                    Case{"two letters, ASCII", "1o.net", "", ""},
                    Case{"two letters, Cyrillic", "l\u043e.net", "", "lo.net"},
                    Case{"a single word is nobody's", "local.test", "", ""},
                    Case{"ours in front of another", "example.com.evil.test", "", "example.com"},
                    Case{"ours inside another", "mx.example.com.evil.test", "", "example.com"},
                    Case{"look-alike in front of another", "examp1e.com.evil.test", "", "example.com"},
                    Case{"our label in another domain", "example.evil.test", "", ""},
                    Case{"ours as a part of a label", "myexample.com", "", ""},
                    Case{"ours with a hyphen for the dot", "example-com.test", "", ""},
                    Case{"the nearest of several", "mail.examp1e.com", "", "mail.example.com"},
                    Case{"a dot moved", "exam.ple.com", "", ""},
                    Case{"very long", std::string(60, 'a') + "." + std::string(60, 'b') + ".test", "", ""}));

INSTANTIATE_TEST_SUITE_P(
    DomainInTheName, LookalikeTable,
    testing::Values(Case{"an address of ours", "evil.test", "boss@example.com", "example.com"},
                    Case{"in a longer name", "evil.test", "The Boss (boss@example.com)", "example.com"},
                    Case{"in quotes and angles", "evil.test", "'Boss' <boss@Example.COM>", "example.com"},
                    Case{"only the domain", "evil.test", "Example.com Support", "example.com"},
                    Case{"a host of ours", "evil.test", "https://intranet.example.com/", "example.com"},
                    Case{"at the end of a sentence", "evil.test", "Mail from example.com.", "example.com"},
                    Case{"look-alike letters", "evil.test", "boss@ex\u0430mp1e.com", "example.com"},
                    Case{"a hidden space", "evil.test", "boss@exam\u200bple.com", "example.com"},
                    Case{"an ideographic full stop", "evil.test", "boss@example\u3002com", "example.com"},
                    Case{"a fullwidth at sign", "evil.test", "boss\uff20example.com", "example.com"},
                    Case{"U-label", "evil.test", "info@K\u00f6ln.example", "xn--kln-sna.example"},
                    Case{"two letters", "evil.test", "lo.net service", "lo.net"},
                    Case{"one edit away is not shown", "evil.test", "exmple.com", ""},
                    Case{"another domain", "evil.test", "boss@evil.test", ""},
                    Case{"longer than ours", "evil.test", "myexample.com", ""},
                    Case{"ours in front", "evil.test", "example.com.evil.test", ""},
                    Case{"our label alone", "evil.test", "Example", ""},
                    Case{"from ourselves", "example.com", "boss@example.com", ""},
                    Case{"below ourselves", "x.example.com", "boss@acme.org", ""},
                    Case{"with a defect", "", "boss@example.com", "example.com"},
                    Case{"behind many dots", "evil.test", "a.b c.d e.f boss@example.com", "example.com"},
                    Case{"out of sight", "evil.test", std::string(256, 'x') + " boss@example.com", ""}));

INSTANTIATE_TEST_SUITE_P(
    Names, LookalikeTable,
    testing::Values(
        Case{"the name", "evil.test", "Erika Mustermann", "Erika Mustermann"},
        Case{"from ourselves", "example.com", "Erika Mustermann", ""},
        Case{"below ourselves", "x.example.com", "Erika Mustermann", ""},
        Case{"the other way round", "evil.test", "MUSTERMANN, Erika", "Erika Mustermann"},
        Case{"accents", "evil.test", "Jose Diaz", "Jos\u00e9 D\u00edaz"},
        Case{"other accents", "evil.test", "\u00c9rik\u00e0 Mustermann", "Erika Mustermann"},
        Case{"Cyrillic letters", "evil.test", "\u0415r\u0456k\u0430 Must\u0435rm\u0430nn",
             "Erika Mustermann"},
        Case{"mathematical letters", "evil.test", "\U0001d404rika Mustermann", "Erika Mustermann"},
        Case{"a hidden space", "evil.test", "Eri\u200bka Mustermann", "Erika Mustermann"},
        Case{"a no-break space", "evil.test", "Erika\u00a0Mustermann", "Erika Mustermann"},
        Case{"rn for m", "evil.test", "Erika Musterrnann", "Erika Mustermann"},
        Case{"a title", "evil.test", "Dr. Erika Mustermann", "Erika Mustermann"},
        Case{"an office behind", "evil.test", "Erika Mustermann (CEO)", "Erika Mustermann"},
        Case{"a middle initial", "evil.test", "Erika M. Mustermann", "Erika Mustermann"},
        Case{"no initials", "evil.test", "R. Hartley", ""},
        Case{"somebody between", "evil.test", "Erika Anna Mustermann", ""},
        Case{"one word of it", "evil.test", "Mustermann", ""},
        Case{"somebody else", "evil.test", "Erika Musterfrau", ""},
        Case{"a letter less", "evil.test", "Erika Musterman", "Erika Mustermann"},
        Case{"a letter more", "evil.test", "Eriika Mustermann", "Erika Mustermann"},
        Case{"another letter", "evil.test", "Erica Mustermann", "Erika Mustermann"},
        Case{"another first letter, which sorts elsewhere", "evil.test", "Zrika Mustermann",
             "Erika Mustermann"},
        Case{"neighbours swapped", "evil.test", "Erika Mustremann", "Erika Mustermann"},
        Case{"two edits", "evil.test", "Erica Musterman", ""},
        Case{"a short name, one edit", "evil.test", "Jan Meier", ""},
        Case{"a short name", "evil.test", "Jan Meyer", "Jan Meyer"},
        Case{"two short words", "evil.test", "Li Bo", "Bo Li"},
        Case{"one word is nobody's", "evil.test", "Prince", ""},
        Case{"hyphen or space", "evil.test", "Anna Maria von der Heide", "Anna-Maria von der Heide"},
        Case{"another alphabet", "evil.test", "\u041f\u0435\u0442\u0440\u043e\u0432 \u0418\u0432\u0430\u043d",
             "\u0418\u0432\u0430\u043d \u041f\u0435\u0442\u0440\u043e\u0432"},
        Case{"another alphabet in capitals", "evil.test",
             "\u041f\u0415\u0422\u0420\u041e\u0412 \u0418\u0412\u0410\u041d",
             "\u0418\u0432\u0430\u043d \u041f\u0435\u0442\u0440\u043e\u0432"},
        Case{"behind many blanks", "evil.test", std::string(300, ' ') + "Erika Mustermann",
             "Erika Mustermann"},
        Case{"behind many joiners", "evil.test",
             [] {
               std::string name;
               for (int i = 0; i < 200; ++i) name += "\u200d\ufe0f";
               return name + "Erika Mustermann";
             }(),
             "Erika Mustermann"},
        Case{"with a defect", "", "Erika Mustermann", "Erika Mustermann"},
        Case{"malformed", "evil.test", "Erika\xff Muster\xc3mann", "Erika Mustermann"},
        Case{"nothing", "evil.test", "", ""}, Case{"only marks", "evil.test", "\u0301\u0301 ...", ""}));

TEST(Lookalikes, AreNoneWithoutLists) {
  const Lookalikes none({}, {});
  EXPECT_EQ(none.find(domain("example.com"), "Erika Mustermann boss@example.com").of, "");
}

// Against the plain way: each known name and domain compared with each other one.
TEST(Lookalikes, AreThoseOfACompleteSearch) {
  std::mt19937 random(7);
  const auto word = [&](unsigned least) {
    std::string text;
    for (unsigned i = 0; i < least + random() % 3; ++i) text += "abo"[random() % 3];
    return text;
  };
  std::vector<Domain> domains;
  for (int i = 0; i < 300; ++i) domains.push_back(domain(word(4) + "." + word(2)));
  const policy::resemblance::KnownDomains known(domains);
  int found = 0;
  for (int i = 0; i < 3000; ++i) {
    const Domain author = domain(word(4) + "." + word(2));
    if (known.covers(author)) continue;
    const bool near = std::ranges::any_of(domains, [&](const Domain& one) {
      const auto at = policy::resemblance::one_edit(one.text(), author.text());
      const std::size_t dot = one.text().find('.');
      const std::size_t length = at && *at > dot ? one.text().size() - dot - 1 : dot;
      return at && author.labels() == 2 && (length >= 5 || (*at > dot && length >= 3 && dot >= 5));
    });
    const Domain* resembled = known.resembled_by(author);
    ASSERT_EQ(resembled != nullptr, near) << author.text() << (resembled ? " " + resembled->text() : "");
    found += near ? 1 : 0;
  }
  EXPECT_GT(found, 100);
}

TEST(LookalikeFact, IsInTheEvidence) {
  const Vocabulary vocabulary = make_vocabulary();
  Facts facts(vocabulary);
  facts.set_message(Message::parse("From: Erika Mustermann <x@evil.test>\r\n\r\n"));
  Options options;
  options.local_domains = {domain("example.com")};
  options.local_names = {"Erika Mustermann"};
  const Finding finding = make_from(options)->examine(facts, {});
  EXPECT_EQ(to_text(support::fact(finding, "from.lookalike")->value), "Erika Mustermann");
  ASSERT_EQ(finding.evidence.at(0).steps.size(), 1u);
  EXPECT_EQ(finding.evidence[0].steps[0].meaning,
            "the author of another domain has the name of Erika Mustermann");
}

}  // namespace
}  // namespace filters::from
