// The suite of others: messages with their keys and the chain validation status wanted.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <iostream>

#include "filters/arc/arc_filter.h"
#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/paths.h"
#include "tests/support/temporary_directory.h"

namespace filters::arc {
namespace {

namespace json = boost::json;

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

std::string text(const json::value& test, std::string_view key) {
  return std::string(test.at(key).as_string());
}

// "pass", or what it is and why.
std::string judged(const std::string& message, const json::value& keys) {
  support::AnswerBook book;
  for (const auto& [name, record] : keys.as_object())
    book.txt(std::string(name), std::string(record.as_string()));
  const Vocabulary vocabulary = make_vocabulary();
  policy::Facts facts(vocabulary);
  facts.set("now", Time(std::chrono::seconds(1'767'700'000)));
  facts.set_message(Message::parse(message));
  policy::Answers answers;
  const Finding finding = support::examine(*make_arc({}), facts, book, answers);
  const Evidence& evidence = finding.evidence.at(0);
  return std::string(name(evidence.outcome)) +
         (evidence.outcome == Outcome::pass ? "" : ": " + evidence.reason);
}

class ArcVectors : public testing::Test {
 protected:
  json::array cases(const std::string& file) {
    const auto path = support::conformance_dir() / "arc" / file;
    if (!std::filesystem::exists(path)) return {};
    return json::parse(support::file_text(path)).at("cases").as_array();
  }
};

TEST_F(ArcVectors, AgreeWithTheSuite) {
  const json::array all = cases("validate.json");
  if (all.empty()) GTEST_SKIP() << "the ARC vectors are not there: set POSTERN_CONFORMANCE_DIR";
  std::size_t good = 0;
  for (const json::value& test : all) {
    const std::string found = judged(with_crlf(text(test, "message")), test.at("txt"));
    const bool agrees = found.substr(0, found.find(':')) == text(test, "expect");
    good += agrees;
    if (!agrees)
      std::cout << text(test, "id") << ": want " << text(test, "expect") << ", found " << found << "\n";
  }
  std::cout << "ARC vectors: " << good << "/" << all.size() << "\n";
  EXPECT_GE(good, 102u);
}

// What its sealers are to make of a message is a chain that passes.
TEST_F(ArcVectors, TheSetsOfOtherSealersVerify) {
  const json::array all = cases("sign.json");
  if (all.empty()) GTEST_SKIP() << "the ARC vectors are not there: set POSTERN_CONFORMANCE_DIR";
  for (const json::value& test : all) {
    std::string fields;
    for (const auto& [tag, name] : {std::pair("AS", "ARC-Seal"), std::pair("AMS", "ARC-Message-Signature"),
                                    std::pair("AAR", "ARC-Authentication-Results")}) {
      std::string value = text(test.at("expect"), tag);
      while (value.ends_with('\n')) value.pop_back();
      // They were sealed with b= on one line, and are shown broken.
      const std::size_t b = value.find("b=") + 2;
      const std::size_t end = std::min(value.find(';', b), value.size());
      std::string signature = value.substr(b, end - b);
      std::erase(signature, '\n');
      if (b >= 2 && tag != std::string_view("AAR")) value.replace(b, end - b, signature);
      for (std::size_t at = 0; (at = value.find('\n', at)) != value.npos; at += 2) value.insert(at + 1, " ");
      fields.append(name).append(": ").append(value).append("\n");
    }
    EXPECT_EQ(judged(with_crlf(fields + text(test, "message")), test.at("txt")), "pass") << text(test, "id");
  }
}

}  // namespace
}  // namespace filters::arc
