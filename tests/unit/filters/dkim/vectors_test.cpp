// Third-party messages with their keys and the verdict wanted; the README beside them tells the words.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "filters/dkim/dkim_filter.h"
#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/paths.h"

namespace filters::dkim {
namespace {

namespace json = boost::json;

const std::filesystem::path kFolder = support::conformance_dir() / "dkim";

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

support::AnswerBook book(const json::object& zone) {
  support::AnswerBook book;
  for (const auto& [name, what] : zone) {
    if (const json::value* status = what.as_object().if_contains("status"))
      book.status(std::string(name), *parse_dns_status(std::string_view(status->as_string())));
    else
      for (const json::value& text : what.at("txt").as_array())
        book.txt(std::string(name), std::string(text.as_string()));
  }
  return book;
}

bool agrees(std::string_view expect, Outcome outcome) {
  if (expect == "any") return true;
  if (expect == "not-pass") return outcome != Outcome::pass;
  return outcome == (expect == "invalid" ? Outcome::permerror : parse_outcome(expect));
}

// "" when all agrees; else what was found.
std::string complaint(const json::object& test) {
  const auto message = Message::parse(read(kFolder / (std::string(test.at("id").as_string()) + ".eml")));
  const Vocabulary vocabulary = make_vocabulary();
  policy::Facts facts(vocabulary);
  const auto now = test.contains("now") ? test.at("now").to_number<std::int64_t>() : 1'767'700'000;
  facts.set("now", Time(std::chrono::seconds(now)));
  facts.set_message(message);
  policy::Answers answers;
  const auto filter = make_dkim({});
  const Finding finding = support::examine(*filter, facts, book(test.at("dns").as_object()), answers);

  std::string found;
  for (const Evidence& evidence : finding.evidence)
    found.append(found.empty() ? "" : "; ")
        .append(name(evidence.outcome))
        .append(" ")
        .append(evidence.reason);
  const policy::Fact* result = support::fact(finding, "dkim.result");
  const Outcome best = result->troubled() ? Outcome::temperror : std::get<Outcome>(result->value);
  bool fine = agrees(test.at("expect").as_string(), best);
  if (const json::value* each = test.if_contains("signatures")) {
    const json::array& wanted = each->as_array();
    fine = fine && wanted.size() == finding.evidence.size();
    for (std::size_t i = 0; fine && i < wanted.size(); ++i)
      fine = agrees(wanted[i].as_string(), finding.evidence[i].outcome);
  }
  return fine ? "" : found;
}

TEST(DkimVectors, AgreeWithOtherVerifiers) {
  if (!std::filesystem::exists(kFolder / "manifest.json"))
    GTEST_SKIP() << "the DKIM vectors are not there: set POSTERN_CONFORMANCE_DIR";
  const json::value manifest = json::parse(read(kFolder / "manifest.json"));
  const json::array& cases = manifest.at("cases").as_array();
  std::size_t good = 0;
  for (const json::value& test : cases) {
    const std::string wrong = complaint(test.as_object());
    good += wrong.empty();
    if (!wrong.empty())
      std::cout << test.at("id").as_string() << ": want " << test.at("expect").as_string() << ", found "
                << wrong << "\n";
  }
  std::cout << "DKIM vectors: " << good << "/" << cases.size() << "\n";
  EXPECT_GE(good, 139u);
}

}  // namespace
}  // namespace filters::dkim
