// Authentication-Results fields of third-party messages, good and odd, and how each is read.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "policy/facts/message.h"

#include "filters/authres/encode.h"
#include "filters/authres/parse.h"
#include "tests/support/paths.h"

namespace filters::authres {
namespace {

namespace json = boost::json;

std::filesystem::path directory() { return support::conformance_dir() / "authres"; }

// What the field says, as we would write it, on one line; "malformed" when it says nothing.
std::string reading(std::string_view value) {
  const auto results = parse(value);
  if (!results) return "malformed";
  const std::string field = encode(*results);
  return policy::unfold(std::string_view(field).substr(field.find(':') + 1));
}

// By file, from the top.  A name missing in front of the results ("dkim=pass" stands for it) is no field of
// the RFC, and neither is a slash in a name or a value that is not quoted.
const std::map<std::string, std::vector<std::string>> kMessages = {
    {"alignment-auid_not_in_sdid",
     {"example.net; dkim=pass header.d=example.net header.i=joe@football.example.com"}},
    {"alignment-from_not_in_sdid", {"example.net; dkim=pass header.d=unrelated.com"}},
    {"dkim-unknown_result", {"example.net; dkim=timeout header.d=example.com"}},
    {"fakePayPal", {"example.net; dkim=pass header.d=unrelated.com"}},
    {"multiple_arh-newest_no_authserv",
     {"malformed", "unrelated.com; dkim=pass header.d=unrelated.com", "malformed"}},
    {"multiple_arh-newest_no_result",
     {"example.net; none", "unrelated.com; dkim=pass header.d=unrelated.com",
      "example.net; dkim=pass header.d=example.com"}},
    {"multiple_arh-newest_parsing_error_01",
     {"malformed", "unrelated.com; dkim=pass header.d=unrelated.com",
      "example.net; dkim=pass header.d=example.com"}},
    {"multiple_arh-newest_parsing_error_02",
     {"malformed", "unrelated.com; dkim=pass header.d=unrelated.com", "malformed"}},
    {"multiple_arh-newest_unknown_method",
     {"example.net; foo=pass", "unrelated.com; dkim=pass header.d=unrelated.com",
      "example.net; dkim=pass header.d=example.com"}},
    {"multiple_arh-same_and_different_authserv",
     {"example.net; spf=pass", "example.net; dkim=pass header.d=example.com",
      "example.net; dkim=pass header.d=football.example.com",
      "foo.example.net; dkim=pass header.d=foo.example.com",
      "unrelated.com; dkim=pass header.d=unrelated.com", "malformed",
      "example.net; dkim=pass header.d=last.example.com"}},
    {"multiple_dkim_results",
     {"example.net; dkim=fail header.d=example.com; dkim=pass header.d=unrelated.org; "
      "dkim=pass header.d=example.com; dkim=fail reason=\"test failure\" header.d=example.com; "
      "dkim=fail reason=\"test failure signed by unrelated\" header.d=unrelated.org; "
      "dkim=fail header.d=example.com; dkim=pass header.d=example.org"}},
    {"multiple_spf_and_dmarc_results",
     {"example.net; spf=fail; spf=pass; spf=none; spf=softfail; spf=policy; spf=neutral; spf=temperror; "
      "spf=permerror; dmarc=fail; dmarc=pass; dmarc=permerror; dmarc=none; dmarc=temperror"}},
    {"rfc6376-A.2-arh-failed",
     {"example.net; spf=pass smtp.mailfrom=example.com; dkim=fail reason=\"bad signature\" "
      "header.d=example.com"}},
    {"rfc6376-A.2-arh-failed-no_reason",
     {"example.net; spf=pass smtp.mailfrom=example.com; dkim=fail header.d=example.com"}},
    {"rfc6376-A.2-arh-valid",
     {"example.net; spf=pass smtp.mailfrom=example.com; dkim=pass header.d=example.com"}},
    {"rfc6376-A.2-arh-valid-a_tag",
     {"example.net; spf=pass smtp.mailfrom=example.com; dkim=pass header.d=example.com header.a=rsa-sha256"}},
    {"rfc6376-A.2-arh-valid-a_tag_sha1",
     {"example.net; spf=pass smtp.mailfrom=example.com; dkim=pass header.d=example.com header.a=rsa-sha1"}},
    {"rfc6376-A.2-arh-valid-auid",
     {"example.net; spf=pass smtp.mailfrom=example.com; dkim=pass header.i=joe@football.example.com"}},
    {"rfc6376-A.2-arh-valid-no_sdid_or_auid", {"example.net; spf=pass smtp.mailfrom=example.com; dkim=pass"}},
    {"rfc6376-A.2-arh-valid-sdid_and_auid",
     {"example.net; spf=pass smtp.mailfrom=example.com; dkim=pass header.d=example.com "
      "header.i=joe@football.example.com"}},
    {"rfc6376-A.2-arh-valid_relaxed",  // a semicolon at the end
     {"example.net; spf=pass smtp.mailfrom=example.com; dkim=pass header.d=example.com"}},
};

std::string crlf_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    text += line + "\r\n";
  }
  return text;
}

TEST(Vectors, MessagesAreReadAsTheirNamesSay) {
  if (!std::filesystem::exists(directory())) GTEST_SKIP() << "no third-party messages at " << directory();
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory())) {
    if (file.path().extension() != ".eml") continue;
    ++files;
    const auto known = kMessages.find(file.path().stem().string());
    ASSERT_NE(known, kMessages.end()) << file.path() << " has no row";
    std::vector<std::string> readings;
    const auto message = policy::Message::parse(crlf_text(file.path()));
    for (const policy::Field* field : message->find("Authentication-Results"))
      readings.push_back(reading(field->value));
    EXPECT_EQ(readings, known->second) << file.path();
  }
  EXPECT_EQ(files, kMessages.size());
}

// Property names are written "smtp.mailfrom" there.
TEST(Vectors, ValuesAreReadAsListed) {
  const std::filesystem::path path = directory() / "values.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no third-party values at " << path;
  std::ifstream in(path);
  const json::value root = json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
  const json::array& cases = root.at("cases").as_array();
  EXPECT_EQ(cases.size(), 3u);
  for (const json::value& one : cases) {
    const std::string value(one.at("value").as_string());
    const auto read = parse(value);
    ASSERT_TRUE(read) << value;
    EXPECT_EQ(read->authserv_id, one.at("authserv_id").as_string()) << value;
    json::array results;
    for (const Resinfo& resinfo : read->resinfos) {
      json::object result{{"method", resinfo.method}, {"result", resinfo.result}};
      for (const Property& property : resinfo.properties)
        result[property.ptype + "." + property.name] = property.value;
      results.push_back(std::move(result));
    }
    EXPECT_EQ(results, one.at("results")) << value;
  }
}

}  // namespace
}  // namespace filters::authres
