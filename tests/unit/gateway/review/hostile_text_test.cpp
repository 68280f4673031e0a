// What senders choose is shown harmlessly wherever it is shown: on the terminal, in pages, CSV and JSON.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "filters/registry.h"
#include "gateway/commands/log_table.h"
#include "gateway/journal/decode.h"
#include "gateway/journal/encode.h"
#include "gateway/journal/index/row_reader.h"
#include "gateway/journal/tell.h"
#include "policy/facts/utf8.h"
#include "tests/support/review_site.h"

namespace gateway::review {
namespace {

namespace json = boost::json;

const Vocabulary& vocabulary() {
  static const Vocabulary made = filters::make_vocabulary();
  return made;
}

struct Kind {
  std::string_view name;
  std::string_view text;
};

class Hostile : public testing::TestWithParam<Kind> {
 protected:
  Hostile() {
    const std::string text(GetParam().text);
    entry_ = support::sample_entry();
    entry_.id = support::accepted_at(std::chrono::seconds(1)).id;
    entry_.start = support::kJournalDay;
    entry_.subject = text;
    entry_.sender = text + "@a.example";
    entry_.header_from = text + "@b.example";
    entry_.message_id = text;
    entry_.client_name = text;
    entry_.client.helo = text;
    entry_.client.tls.client_name = text;
    entry_.reply = "550 5.7.1 " + text;
    entry_.verdict.rule = "r" + text;  // "@…" is for what is none
    entry_.verdict.trial = {text};
    entry_.verdict.rules = {
        {.id = "r" + text, .held = policy::Truth::yes, .because = {text}, .trial = false}};
    entry_.verdict.tags = {{.rule = text, .subject = text, .header = text}};
    entry_.recipients[0].address = text;
    entry_.evidence.push_back({.method = "spf",
                               .property = "smtp.mailfrom",
                               .value = text,
                               .outcome = Outcome::fail,
                               .reason = text});
    entry_.facts.push_back({"from.name", Fact(Fact::State::known, text)});
    entry_.added_headers = {"X-Header: " + text + "\r\n"};
    entry_.delivery = {.mailstore = "main",
                       .server = text,
                       .queue_id = text,
                       .detail = text,
                       .recipients = {{text, 550, "5.1.1", text, text}}};
    site_.days.add(entry_);
    record_ = journal::encode_record(entry_);
  }

  support::SampleEntry entry_;
  std::string record_;
  support::ReviewSite site_;
};

// Nothing acts on a display; line ends are those of `allowed`.
testing::AssertionResult is_harmless(std::string_view text, std::string_view allowed = "\n") {
  while (!text.empty()) {
    std::uint32_t point = 0;
    const std::size_t length = policy::read_point(text, point);
    if (length == 0) return testing::AssertionFailure() << "no UTF-8: " << text.substr(0, 40);
    if (policy::acts_on_display(point) && allowed.find(text[0]) == allowed.npos)
      return testing::AssertionFailure()
             << "U+" << std::hex << point << " in front of " << text.substr(length, 40);
    text.remove_prefix(length);
  }
  return testing::AssertionSuccess();
}

TEST_P(Hostile, on_the_terminal) {
  const auto recorded = journal::decode(record_, vocabulary());
  ASSERT_TRUE(recorded);
  EXPECT_TRUE(is_harmless(journal::tell(recorded->entry())));
  journal::index::RowReader reader;
  for (const std::size_t width : {0u, 120u}) {
    commands::LogTable table(commands::LogTable::Of::messages, {.width = width});
    table.add(*reader.read(record_));
    const std::string printed = table.take();
    EXPECT_TRUE(is_harmless(printed, "\n\t"));
    EXPECT_EQ(std::ranges::count(printed, '\n'), 2) << "a line of names and one record";
  }
}

// All tags of a page without the values of their attributes, which stand in single quotes.
std::string tags_of(const std::string& page) {
  std::string tags;
  bool in_tag = false;
  bool in_quotes = false;
  for (const char c : page) {
    if (!in_tag && c == '<') in_tag = true;
    if (!in_tag) continue;
    if (c == '\'') in_quotes = !in_quotes;
    if (!in_quotes) tags += c;
    if (!in_quotes && c == '>') in_tag = false;
  }
  return tags;
}

TEST_P(Hostile, in_pages) {
  const std::vector<std::string> pages{"/", "/log", "/message/" + entry_.id,
                                       "/log?q=sender%3A%22%3Cscript%3E%E2%80%AE%22%27",
                                       "/log?column=helo&column=sender&column=author&column=message_id&"
                                       "column=reply&column=queue_id&column=rule&column=recipients"};
  for (const std::string& where : pages) {
    const std::string page = site_.page(where);
    EXPECT_TRUE(is_harmless(page, "\n\t")) << where;
    const std::string tags = tags_of(page);
    EXPECT_GT(tags.size(), 100u);
    for (const std::string_view foreign :
         {"<script>", "<img", "<b>", "alert", "onerror", "onmouseover", "javascript"})
      EXPECT_EQ(tags.find(foreign), tags.npos) << foreign << " in " << where;
    for (const auto& [address, text] : support::links_in(page))
      EXPECT_TRUE(address.starts_with('/') || address.starts_with('#')) << address;
  }
}

TEST_P(Hostile, in_csv) {
  const std::string csv =
      support::whole(site_.get("/log.csv?column=subject&column=sender&column=helo&column=rule"));
  EXPECT_TRUE(is_harmless(csv, "\r\n"));
  EXPECT_EQ(std::ranges::count(csv, '\n'), 2) << csv;
  const std::string record = csv.substr(csv.find('\n') + 1);
  const std::string cell = record.substr(record.starts_with('"') ? 1 : 0, 1);
  EXPECT_EQ(cell.find_first_of("=+-@\t\r"), std::string::npos) << "a formula: " << record;
}

TEST_P(Hostile, in_json_and_comes_back_the_same) {
  EXPECT_TRUE(is_harmless(record_, ""));
  EXPECT_TRUE(is_harmless(site_.page("/api/v1/message/" + entry_.id)));
  EXPECT_TRUE(is_harmless(site_.page("/api/v1/log")));
  EXPECT_TRUE(is_harmless(site_.page("/api/v1/overview")));
  EXPECT_TRUE(is_harmless(support::whole(site_.get("/log.jsonl"))));
  const json::value record = json::parse(site_.page("/api/v1/message/" + entry_.id));
  if (is_valid_utf8(GetParam().text)) EXPECT_EQ(record.at("subject").as_string(), GetParam().text);
  const auto recorded = journal::decode(record_, vocabulary());
  ASSERT_TRUE(recorded);
  EXPECT_EQ(journal::encode_record(recorded->entry()), record_);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Hostile,
    testing::Values(
        Kind{"html", "<b>bold</b><img src=x onerror=alert(1)>"},
        Kind{"script", "</script><script>alert('x')</script>"},
        Kind{"attribute", "' onmouseover='alert(1)\" onmouseover=\"alert(1)"},
        Kind{"address", "javascript:alert(1)"}, Kind{"ansi", "a\x1b[31m\x1b]0;title\x07\x1b[2J"},
        Kind{"c1",
             "a\xc2\x9b"
             "31m\xc2\x85"},
        Kind{"raw c1",
             "a\x9b"
             "31m\xff"},
        Kind{"del", "a\x7f\x08\x08"}, Kind{"bidi", "invoice\xe2\x80\xaegpj.exe\xe2\x81\xa6\xe2\x80\x8f"},
        Kind{"separators",
             "a\xe2\x80\xa8"
             "b\xe2\x80\xa9\xef\xbb\xbf"},
        Kind{"newlines", "a\r\nX-Injected: yes\n\n.\r\n"}, Kind{"nul", std::string_view("a\0b", 3)},
        Kind{"tab", "\t=1+1"}, Kind{"sql", "'; DROP TABLE record; --"},
        Kind{"formula", "=HYPERLINK(\"http://x.example\",\"y\")"}, Kind{"plus", "+1+1"},
        Kind{"minus", "-1+1|cmd"}, Kind{"at", "@SUM(1)"}, Kind{"return", "\r=1"}, Kind{"csv", "a\",\"b,c;d"},
        Kind{"json", "\",\"verdict\":{\"action\":\"accept\"},\"x\":\"\\"},
        Kind{"template", "{{7*7}} {} %s %n ${x}"}),
    [](const auto& one) {
      std::string name(one.param.name);
      std::ranges::replace(name, ' ', '_');
      return name;
    });

}  // namespace
}  // namespace gateway::review
