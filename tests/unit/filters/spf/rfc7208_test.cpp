// The RFC 7208 test suite, through check_host() and the strict reading of its zones.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "filters/spf/check.h"
#include "policy/facts/text.h"
#include "tests/support/answer_book.h"
#include "tests/support/paths.h"

namespace filters::spf {
namespace {

namespace json = boost::json;

// Characters above 127 stand for single octets.
std::string octets(const json::value& value) {
  const auto& text = value.as_string();
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0xc2 && c <= 0xc3 && i + 1 < text.size())
      out += static_cast<char>((c << 6) | (static_cast<unsigned char>(text[++i]) & 0x3f));
    else
      out += text[i];
  }
  return out;
}

std::string text_of(const json::object& record) {
  if (const auto* value = record.if_contains("value")) return octets(*value);
  std::string joined;
  if (const auto* strings = record.if_contains("strings"))
    for (const auto& part : strings->as_array()) joined += octets(part);
  return joined;
}

// A zone of the suite, CNAMEs and all.
class SuiteZone {
 public:
  explicit SuiteZone(const json::object& zone) {
    for (const auto& [name, content] : zone) {
      const auto& entry = content.as_object();
      Name& known = names_[std::string(name)];
      if (const auto* timeout = entry.if_contains("timeout")) known.timeout = timeout->as_bool();
      if (const auto* records = entry.if_contains("records"))
        for (const auto& record : records->as_array()) add(known, record.as_object());
    }
  }

  DnsAnswer answer(const DnsQuestion& question) const {
    std::string name = question.name;
    DnsAnswer answer;
    for (int hops = 0; hops < 8; ++hops) {
      const auto at = names_.find(name);
      if (at == names_.end()) {
        answer.status = name.starts_with("error.") ? DnsStatus::timeout : DnsStatus::nxdomain;
        return answer;
      }
      if (const auto found = at->second.types.find(question.type); found != at->second.types.end())
        return found->second;
      if (at->second.alias.empty()) {
        answer.status = at->second.timeout ? DnsStatus::timeout : DnsStatus::nodata;
        return answer;
      }
      name = at->second.alias;
    }
    answer.status = DnsStatus::servfail;
    return answer;
  }

 private:
  struct Name {
    std::map<RecordType, DnsAnswer> types;
    std::string alias;
    bool timeout = false;
  };

  static void add(Name& name, const json::object& record) {
    const std::string word(record.at("type").as_string());
    if (word == "CNAME") {
      name.alias = DnsQuestion(text_of(record), RecordType::a).name;
      return;
    }
    const auto type = parse_record_type(word);
    if (!type) return;  // SPF, type 99: never asked for
    DnsAnswer& answer = name.types[*type];
    if (record.contains("timeout")) {
      answer.status = DnsStatus::timeout;
      return;
    }
    DnsRecord made;
    if (*type == RecordType::a || *type == RecordType::aaaa) {
      made.address = IpAddress::parse(text_of(record)).value();
    } else {
      made.text = *type == RecordType::txt ? text_of(record) : DnsQuestion(text_of(record), *type).name;
    }
    answer.status = DnsStatus::ok;
    answer.records.push_back(std::move(made));
  }

  std::map<std::string, Name> names_;
};

CheckResult run(const json::object& test, const SuiteZone& zone) {
  Check check;
  check.client = IpAddress::parse(std::string(test.at("host").as_string())).value();
  check.helo = octets(test.at("helo"));
  const std::string sender = octets(test.at("mailfrom"));
  const auto at = sender.rfind('@');
  check.domain = sender.empty() ? check.helo : sender.substr(at == std::string::npos ? 0 : at + 1);
  check.local = at == std::string::npos ? "" : sender.substr(0, at);
  check.explain = true;
  Answers answers;
  for (int round = 0; round < 32; ++round) {
    CheckResult result = check_host(check, answers);
    if (result.questions.empty()) return result;
    for (const auto& question : result.questions)
      answers.pin(std::get<DnsQuestion>(question), zone.answer(std::get<DnsQuestion>(question)));
  }
  ADD_FAILURE() << "not done after 32 rounds";
  return {};
}

// The suite writes the nibbles of an IPv6 address in upper case; RFC 7208 §7.4 shows them in lower case.
bool is_wanted(const CheckResult& result, const json::object& test) {
  const auto* wanted = test.if_contains("explanation");
  if (!wanted) return true;
  const std::string text = octets(*wanted);
  return to_lower(result.explanation) == (text == "DEFAULT" ? "" : to_lower(text));
}

TEST(Rfc7208, Suite) {
  const std::filesystem::path file = support::conformance_dir() / "spf/rfc7208.json";
  if (!std::filesystem::exists(file))
    GTEST_SKIP() << "the RFC 7208 suite is not at " << file << "; set POSTERN_CONFORMANCE_DIR";
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  const json::value suite = json::parse(text.str());
  int passed = 0;
  int all = 0;
  int explained = 0;
  for (const auto& scenario : suite.at("scenarios").as_array()) {
    const SuiteZone zone(scenario.at("zone").as_object());
    for (const auto& [id, test] : scenario.at("tests").as_object()) {
      const CheckResult result = run(test.as_object(), zone);
      bool right = false;
      for (const auto& allowed : test.at("result").as_array())
        right = right || name(result.outcome) == std::string_view(allowed.as_string());
      EXPECT_TRUE(right) << std::string_view(scenario.at("description").as_string()) << ": " << id << " is "
                         << name(result.outcome) << " (" << result.reason << "), not " << test.at("result");
      EXPECT_TRUE(is_wanted(result, test.as_object()))
          << id << " is explained by \"" << result.explanation << "\", not " << test.at("explanation");
      ++all;
      passed += right;
      explained += test.as_object().contains("explanation") && is_wanted(result, test.as_object());
    }
  }
  std::cout << "RFC 7208: " << passed << "/" << all << ", explanations " << explained << "\n";
  EXPECT_EQ(all, 203) << "the suite has changed";
  EXPECT_EQ(explained, 22) << "of those that have one";
}

}  // namespace
}  // namespace filters::spf
