#include "policy/language/rule_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "policy/facts/text.h"
#include "policy/language/literal.h"
#include "policy/language/parser.h"

namespace policy::language {
namespace {

constexpr std::array<std::string_view, 13> kKeys{"id",     "when",  "then",    "score",  "subject",
                                                 "header", "reply", "refuse",  "exempt", "trial",
                                                 "until",  "note",  "override"};
constexpr std::array<std::string_view, 4> kOverrides{"trusted_forwarder", "mailing_list", "local_policy",
                                                     "other"};

class Reader {
 public:
  Reader(const TomlFile& file, const toml::table& table, const Names& names)
      : file_(file), table_(table), names_(names) {}

  std::optional<ReadRule> read() {
    file_.refuse_unknown(table_, kKeys, "[[rule]]");
    Rule& rule = read_.rule;
    rule.where = file_.where(table_);
    read_id();
    read_then();
    read_condition();
    read_marks();
    read_reply();
    if (const auto trial = boolean("trial")) rule.trial = *trial;
    read_until();
    text("note");
    if (const auto word = text("override")) read_override(*word);
    read_exempt();
    if (!fine_) return std::nullopt;
    return std::move(read_);
  }

 private:
  void error(const toml::node& node, std::string message) {
    file_.error(node, std::move(message));
    fine_ = false;
  }
  void missing(std::string message) { error(table_, std::move(message)); }

  std::optional<std::string> text(std::string_view key) {
    const toml::node* node = table_.get(key);
    if (!node) return std::nullopt;
    if (const auto* string = node->as_string()) return string->get();
    error(*node, fmt::format("{} is a text in quotes, not {}", key, kind(*node)));
    return std::nullopt;
  }
  std::optional<bool> boolean(std::string_view key) {
    const toml::node* node = table_.get(key);
    if (!node) return std::nullopt;
    if (const auto* value = node->as_boolean()) return value->get();
    error(*node, fmt::format("{} is true or false, not {}", key, kind(*node)));
    return std::nullopt;
  }
  bool has(std::string_view key) const { return table_.get(key) != nullptr; }
  // A key that makes no sense with this action.
  void only_with(std::string_view key, bool fits, std::string_view with) {
    if (has(key) && !fits) error(*table_.get(key), fmt::format("{} goes only with {}", key, with));
  }

  void read_id() {
    const auto id = text("id");
    read_.id = table_.get("id");
    if (!read_.id) return missing("a rule needs an id, as in id = \"my-rule\"");
    if (!id) return;
    if (!is_valid_name(*id))
      return error(
          *read_.id,
          "a rule's id has letters, digits, '-', '_' and '.', at most 64, and begins with a letter or digit");
    read_.rule.id = *id;
    read_.rule.tag.rule = *id;
  }

  void read_then() {
    const auto word = text("then");
    if (has("then") && !word) return;
    if (!word) {
      then_known_ = has("score");
      if (!then_known_)
        missing("a rule needs then = \"…\" (accept, reject, defer, quarantine, tag, exempt) or score = …");
      return;
    }
    const auto found = std::ranges::find(kThen, *word);
    if (found == kThen.end())
      return error(*table_.get("then"),
                   fmt::format("unknown action '{}'{}", printable(*word),
                               did_you_mean(*word, kThen).empty()
                                   ? ": accept, reject, defer, quarantine, tag, score or exempt was expected"
                                   : did_you_mean(*word, kThen)));
    then_known_ = true;
    read_.rule.then = static_cast<Then>(found - kThen.begin());
  }

  void read_condition() {
    read_.when = table_.get("when");
    if (!read_.when) return missing("a rule needs a condition, as in when = 'dmarc.result == fail'");
    const auto written = text("when");
    if (!written) return;
    read_.rule.written = *written;
    auto condition = compile(file_, *read_.when, names_);
    if (!condition) {
      fine_ = false;
      return;
    }
    read_.rule.when = std::move(*condition);
    for (const Test& test : read_.rule.when.tests())
      for (const std::string& name : test.names(names_.vocabulary)) {
        const auto id = names_.vocabulary.find(name);
        if (id && !names_.vocabulary.enabled(*id)) read_.rule.off = true;
      }
  }

  void read_marks() {
    Rule& rule = read_.rule;
    const bool goes_on = rule.then == Then::tag || rule.then == Then::score;
    if (then_known_) {
      only_with("score", goes_on, "then = \"score\" or \"tag\": rules that decide or exempt have no score");
      only_with("subject", rule.then == Then::tag, "then = \"tag\"");
      only_with("header", rule.then == Then::tag, "then = \"tag\"");
      if (rule.then == Then::score && !has("score")) missing("then = \"score\" needs score = a number");
      if (rule.then == Then::tag && !has("subject") && !has("header") && !has("score"))
        missing(
            "then = \"tag\" needs subject = \"…\" (a prefix), header = \"Name: value\" or score = a number");
    }
    if (const toml::node* node = table_.get("score")) {
      const auto number = node->value<double>();
      if (!number || node->is_boolean() || !(*number >= -1000 && *number <= 1000))
        error(*node, "a score is a number from -1000 to 1000");
      else
        rule.score = *number;
    }
    if (const auto subject = text("subject")) {
      if (subject->empty() || subject->size() > 60 || !is_valid_utf8(*subject) ||
          std::ranges::any_of(*subject,
                              [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; }))
        error(*table_.get("subject"), "a subject prefix has 1 to 60 octets on one line");
      else
        rule.tag.subject = *subject;
    }
    if (const auto header = text("header")) read_header(*header);
  }

  void read_header(const std::string& header) {
    const toml::node& node = *table_.get("header");
    const std::size_t colon = header.find(':');
    const std::string_view name = std::string_view(header).substr(0, colon);
    const bool valid_name = colon != std::string::npos && !name.empty() &&
                            std::ranges::all_of(name, [](char c) { return c > ' ' && c < 127; });
    if (!valid_name) return error(node, "a header is \"Name: value\"");
    if (header.size() > 500 || !std::ranges::all_of(header, [](char c) { return c >= ' ' && c < 127; }))
      return error(node, "a header has up to 500 octets of plain ASCII on one line");
    static constexpr std::array<std::string_view, 9> kOurs{"From",
                                                           "Date",
                                                           "Received",
                                                           "Message-ID",
                                                           "To",
                                                           "Subject",
                                                           "Return-Path",
                                                           "DKIM-Signature",
                                                           "Authentication-Results"};
    for (const std::string_view ours : kOurs)
      if (equal_nocase(name, ours))
        return error(
            node,
            fmt::format("the field '{}' is not for rules to add: choose a name of your own, such as X-…",
                        name));
    read_.rule.tag.header = header;
  }

  void read_reply() {
    Rule& rule = read_.rule;
    const bool refuses = rule.then == Then::reject || rule.then == Then::defer;
    if (then_known_) {
      only_with("reply", refuses, "then = \"reject\" or \"defer\"");
      only_with("refuse", refuses, "then = \"reject\" or \"defer\"");
    }
    if (!then_known_ || !refuses) return;
    if (const auto when = text("refuse")) {
      if (*when == "earliest")
        rule.earliest = true;
      else if (*when != "rcpt")
        error(*table_.get("refuse"),
              "refuse is \"earliest\" (at once) or \"rcpt\" (the default: at RCPT, so that the record shows "
              "the recipient)");
    }
    std::vector<std::string> named;
    for (const Test& test : rule.when.tests())
      for (std::string& name : test.names(names_.vocabulary)) named.push_back(std::move(name));
    rule.reply = ReplyTemplate::by_default(rule.action(), named, names_.vocabulary);
    const auto written = text("reply");
    if (!written) return;
    ReplyTemplate::Mistake mistake;
    if (auto reply = ReplyTemplate::parse(*written, rule.action(), names_.vocabulary, mistake)) {
      rule.reply = std::move(*reply);
    } else {
      file_.error(file_.place_in(*table_.get("reply"), mistake.offset), static_cast<unsigned>(mistake.length),
                  mistake.message);
      fine_ = false;
    }
  }

  void read_until() {
    const toml::node* node = table_.get("until");
    if (!node) return;
    std::optional<Time> time;
    if (const auto* date = node->as_date())
      time =
          parse_time(fmt::format("{:04}-{:02}-{:02}", date->get().year, date->get().month, date->get().day));
    else if (const auto* string = node->as_string(); string && string->get().size() == 10)
      time = parse_time(string->get());
    if (!time)
      return error(*node, "until is a date, as in until = 2027-01-31: the last day the rule holds (UTC)");
    read_.rule.until = *time + std::chrono::days(1);
  }

  void read_override(const std::string& word) {
    const toml::node& node = *table_.get("override");
    if (std::ranges::find(kOverrides, word) == kOverrides.end())
      return error(node, fmt::format("override is trusted_forwarder, mailing_list, local_policy or other{}",
                                     did_you_mean(word, kOverrides)));
    if (read_.rule.then != Then::accept && read_.rule.then != Then::exempt)
      return error(node, "override goes only with then = \"accept\" or \"exempt\"");
    read_.rule.override_reason = word;
  }

  void read_exempt() {
    const toml::node* node = table_.get("exempt");
    const bool exempts = read_.rule.then == Then::exempt && then_known_;
    if (!node) {
      if (exempts) missing("then = \"exempt\" needs exempt = [\"rule\", …]: the rules that shall not apply");
      return;
    }
    if (then_known_ && !exempts) return error(*node, "exempt = […] goes only with then = \"exempt\"");
    const toml::array* array = node->as_array();
    if (!array || array->empty())
      return error(*node, "exempt = [\"rule\", …] names the rules that shall not apply");
    for (const toml::node& entry : *array) {
      if (const auto* id = entry.as_string())
        read_.rule.exempts.push_back(id->get());
      else
        error(entry, "the id of a rule in quotes was expected");
    }
    read_.exempt = node;
  }

  const TomlFile& file_;
  const toml::table& table_;
  const Names& names_;
  ReadRule read_;
  bool fine_ = true;
  bool then_known_ = false;
};

}  // namespace

bool is_valid_name(std::string_view name) {
  const auto letter = [](char c) {
    return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= 64 && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || c == '-' || c == '_' || c == '.'; });
}

std::optional<Condition> compile(const TomlFile& file, const toml::node& node, const Names& names) {
  std::vector<Mistake> mistakes;
  std::optional<Condition> condition;
  if (const auto term = parse_condition(node.as_string()->get(), mistakes))
    condition = Checker(names, mistakes).check(*term);
  for (const Mistake& mistake : mistakes)
    file.error(file.place_in(node, mistake.offset), static_cast<unsigned>(mistake.length), mistake.message);
  return mistakes.empty() ? std::move(condition) : std::nullopt;
}

std::optional<ReadRule> read_rule(const TomlFile& file, const toml::table& table, const Names& names) {
  return Reader(file, table, names).read();
}

}  // namespace policy::language
