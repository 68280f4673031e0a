// The DMARC vectors of mox, written for RFC 7489, as far as RFC 9989 agrees; where it does not, the row
// stands in a list here with its section, and in docs/decisions/0004-dmarc-by-rfc-9989.md.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "filters/dmarc/dmarc_filter.h"
#include "filters/dmarc/record.h"
#include "filters/dmarc/tree_walk.h"
#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/paths.h"

namespace filters::dmarc {
namespace {

namespace json = boost::json;

// Records that the vectors call invalid and RFC 9989 does not: the value here is why.
constexpr const char* kNoPolicy = "RFC 9989 4.7: a record without p is p=none";
constexpr const char* kDefault = "RFC 9989 4.8: a mistake in a tag leaves its default";
constexpr const char* kHistory = "RFC 9989 4.7, A.6: pct, ri and rf are no tags any more";
constexpr const char* kReports = "RFC 9989 4.8: mistakes in tags of reports are discarded";
const std::map<std::string, std::string> kReadAnyway = {
    {"v=DMARC1", "RFC 9989 4.8, 4.7: the grammar needs no semicolon behind the version, and no p"},
    {"v=DMARC1;", kNoPolicy},
    {"v=DMARC1;;", kDefault},
    {"v=DMARC1; sp=reject; p=reject", "RFC 9989 4.8: p need not come second"},
    {"v=DMARC1; adkim=x", kDefault},
    {"v=DMARC1; aspf=123", kDefault},
    {"v=DMARC1; ri=", kHistory},
    {"v=DMARC1; ri=-1", kHistory},
    {"v=DMARC1; ri=99999999999999999999999999999999999999", kHistory},
    {"v=DMARC1; ri=123bad", kHistory},
    {"v=DMARC1; ri=bad", kHistory},
    {"v=DMARC1; fo=", kReports},
    {"v=DMARC1; fo=01", kReports},
    {"v=DMARC1; fo=bad", kReports},
    {"v=DMARC1; rf=bad-trailing-dash-", kHistory},
    {"v=DMARC1; rf=", kHistory},
    {"v=DMARC1; rf=bad.non-alphadigitdash", kHistory},
    {"v=DMARC1; pct=110", kHistory},
    {"v=DMARC1; pct=bogus", kHistory},
    {"v=DMARC1; pct=", kHistory},
    {"v=DMARC1; rua=", kReports},
    {"v=DMARC1; rua=bogus", kReports},
    {"v=DMARC1; rua=mailto:dmarc-feedback@example.com!", kReports},
    {"v=DMARC1; rua=mailto:dmarc-feedback@example.com!99999999999999999999999999999999999999999999999",
     kReports},
    {"v=DMARC1; rua=mailto:dmarc-feedback@example.com!10p", kReports},
};

// Its record is "v=DMARC1; p=none; bogus": RFC 9989 §4.8 discards the last part.
constexpr std::string_view kMalformed = "malformed.example";

std::string text(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : std::string();
}

class DmarcVectors : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path file = support::conformance_dir() / "dmarc/mox.json";
    std::ifstream in(file);
    if (!in) GTEST_SKIP() << "the DMARC vectors are not here: " << file;
    vectors_ = json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
  }

  static support::AnswerBook book(const json::value& zone) {
    support::AnswerBook book;
    for (const auto& [name, records] : zone.as_object()) {
      if (records.is_string()) {
        book.status(name, RecordType::txt, parse_dns_status(text(records)).value());
        continue;
      }
      for (const json::value& record : records.as_array()) book.txt(name, text(record));
    }
    return book;
  }

  json::value vectors_;
};

TEST_F(DmarcVectors, Records) {
  std::size_t exceptions = 0;
  for (const json::value& row : vectors_.at("records").as_array()) {
    const std::string record = text(row.at("record"));
    const auto read = Record::parse(record);
    const bool valid = read && !read->void_policy;
    const bool differs = kReadAnyway.contains(record);
    exceptions += differs;
    EXPECT_EQ(valid, row.at("valid").as_bool() || differs) << record;
  }
  const std::size_t all = vectors_.at("records").as_array().size();
  EXPECT_EQ(exceptions, kReadAnyway.size());
  std::cout << "DMARC records: " << all - exceptions << " as in the vectors, " << exceptions
            << " as RFC 9989 has them\n";
}

TEST_F(DmarcVectors, LookUps) {
  const support::AnswerBook zone = book(vectors_.at("lookup_zone"));
  for (const json::value& row : vectors_.at("lookup").as_array()) {
    const std::string domain = text(row.at("domain"));
    const Domain start = Domain::parse(domain).value();
    Answers answers;
    for (const Question& question : walk(start, answers).questions)
      answers.pin(std::get<DnsQuestion>(question), zone.answer(std::get<DnsQuestion>(question)));
    const Walk found = walk(start, answers);
    const std::string expected = domain == kMalformed ? domain : text(row.at("record_domain"));
    EXPECT_EQ(found.policy ? found.policy->domain.text() : "", expected) << domain;
    EXPECT_EQ(!found.trouble.empty(), text(row.at("expect")) == "temperror") << domain;
  }
  std::cout << "DMARC look-ups: " << vectors_.at("lookup").as_array().size() << "\n";
}

TEST_F(DmarcVectors, Results) {
  const support::AnswerBook zone = book(vectors_.at("zone"));
  const Vocabulary vocabulary = make_vocabulary();
  for (const json::value& row : vectors_.at("verify").as_array()) {
    SCOPED_TRACE(json::serialize(row));
    Facts facts(vocabulary);
    const std::string author = text(row.at("from"));
    facts.set("from.domain", Domain::parse(author).value());
    facts.set("from.defect", std::string());

    const Outcome spf = parse_outcome(text(row.at("spf").at("result"))).value();
    facts.set("spf.domain", Domain::parse(text(row.at("spf").at("domain"))).value_or(Domain()));
    if (spf == Outcome::temperror)
      facts.trouble("spf.mailfrom", "no answer");
    else
      facts.set("spf.mailfrom", spf);

    List passed;
    bool doubt = false;
    for (const json::value& signature : row.at("dkim").as_array()) {
      const Outcome outcome = parse_outcome(text(signature.at("result"))).value();
      doubt = doubt || outcome == Outcome::temperror;
      if (outcome == Outcome::pass) passed.push_back(text(signature.at("domain")));
      facts.own_evidence().push_back({.method = "dkim",
                                      .property = "header.d",
                                      .value = text(signature.at("domain")),
                                      .outcome = outcome,
                                      .reason = {},
                                      .details = {}});
    }
    if (doubt)
      facts.trouble("dkim.pass_domains", "no answer", Value(passed));
    else
      facts.set("dkim.pass_domains", passed);

    Answers answers;
    const Finding finding = support::examine(*make_dmarc({}), facts, zone, answers);
    const json::value& expect = row.at("expect");
    const bool malformed = author == kMalformed;
    EXPECT_EQ(name(finding.evidence.at(0).outcome), malformed ? "fail" : text(expect.at("result")));
    const Fact* domain = support::fact(finding, "dmarc.domain");
    EXPECT_EQ(to_text(domain->value), malformed ? author : text(expect.at("record_domain")));
    const bool rejects = finding.evidence.at(0).outcome == Outcome::fail &&
                         support::fact(finding, "dmarc.policy")->value == Value(Choice{"reject"});
    EXPECT_EQ(rejects, expect.at("reject").as_bool());
  }
  std::cout << "DMARC results: " << vectors_.at("verify").as_array().size() << "\n";
}

}  // namespace
}  // namespace filters::dmarc
