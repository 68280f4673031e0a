#include "gateway/rehearsal/expectation_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "filters/registry.h"
#include "gateway/rehearsal/toml_fact.h"
#include "policy/verdict.h"

namespace gateway::rehearsal {
namespace {

using policy::language::kind;
using policy::language::TomlFile;

constexpr std::array<std::string_view, 15> kKeys{"verdict", "rule", "score",    "code", "reply",
                                                 "trial",   "tags", "headers",  "held", "not_held",
                                                 "spf",     "dkim", "override", "arc",  "dmarc"};
constexpr std::array<std::string_view, 5> kVerdicts{"accept", "quarantine", "defer", "reject", "open"};
// Names that are no rule's.  DESIGN §3
constexpr std::array<std::string_view, 10> kOwn{"@default", "@score", "@trouble", "@relay",  "@recipient",
                                                "@size",    "@loop",  "@limit",   "@syntax", "@bare-newline"};
// The evidence people mean by a method's bare name.
constexpr std::pair<std::string_view, std::string_view> kMethods[] = {
    {"spf", "spf.mailfrom"}, {"dkim", "dkim.result"}, {"dmarc", "dmarc.result"}, {"arc", "arc.result"}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "550", "5.7.26", "550 5.7.26"
bool is_code(std::string_view text) {
  const bool basic = text.size() >= 3 && is_digit(text[0]) && is_digit(text[1]) && is_digit(text[2]);
  if (basic && text.size() == 3) return true;
  if (basic && text[3] == ' ') text.remove_prefix(4);
  int dots = 0;
  for (const char c : text) {
    if (!is_digit(c) && c != '.') return false;
    dots += c == '.' ? 1 : 0;
  }
  return dots == 2 && is_digit(text.front()) && is_digit(text.back());
}

class Reader {
 public:
  Reader(const TomlFile& file, const TestReading& reading, bool at_given)
      : file_(file), reading_(reading), at_given_(at_given) {}

  ReadExpectation read(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (!table || table->empty()) {
      error(node, "expect = { verdict = \"…\", rule = \"…\" } says what must come of it");
      return {};
    }
    for (const auto& [key, value] : *table)
      if (is_key(key.str())) read_key(key.str(), value);
    for (const FactKey& key : fact_keys(*table, reading_.context.vocabulary))
      if (!is_key(key.name)) read_fact(key.name, *key.node, key.key);
    if (!fine_) return {};
    return {std::move(expect_), std::move(off_)};
  }

 private:
  static bool is_key(std::string_view word) { return std::ranges::find(kKeys, word) != kKeys.end(); }

  void error(const toml::node& node, std::string message) {
    file_.error(node, std::move(message));
    fine_ = false;
  }

  void read_key(std::string_view key, const toml::node& node) {
    for (const auto& [method, fact] : kMethods)
      if (method == key) return read_fact(std::string(fact), node);
    if (key == "verdict") read_verdict(node);
    if (key == "rule") read_rule(node);
    if (key == "score") read_score(node);
    if (key == "code") read_code(node);
    if (key == "reply") text("reply", node, expect_.reply);
    if (key == "override") text("override", node, expect_.override_reason);
    if (key == "trial") rules("trial", node, expect_.trial);
    if (key == "tags") rules("tags", node, expect_.tags);
    if (key == "held") rules("held", node, expect_.held);
    if (key == "not_held") rules("not_held", node, expect_.not_held);
    if (key == "headers")
      for (auto& [value, spot] : texts("headers", node)) expect_.headers.push_back({value, spot});
  }

  void text(std::string_view key, const toml::node& node, std::optional<Wanted<std::string>>& into) {
    const auto* string = node.as_string();
    if (!string) return error(node, fmt::format("{} is a text in quotes, not {}", key, kind(node)));
    into = Wanted<std::string>{string->get(), file_.spot(node)};
  }

  std::vector<Wanted<std::string>> texts(std::string_view key, const toml::node& node) {
    std::vector<Wanted<std::string>> all;
    const auto take = [&](const toml::node& one) {
      if (const auto* string = one.as_string())
        all.push_back({string->get(), file_.spot(one)});
      else
        error(one, fmt::format("{} has texts in quotes, not {}", key, kind(one)));
    };
    if (const toml::array* array = node.as_array())
      for (const toml::node& one : *array) take(one);
    else
      take(node);
    return all;
  }

  void read_verdict(const toml::node& node) {
    text("verdict", node, expect_.verdict);
    if (!expect_.verdict || std::ranges::find(kVerdicts, expect_.verdict->value) != kVerdicts.end()) return;
    const std::string near = policy::did_you_mean(expect_.verdict->value, kVerdicts);
    error(node,
          fmt::format("'{}' is no verdict{}", printable(expect_.verdict->value),
                      near.empty() ? ": accept, quarantine, defer, reject or open was expected" : near));
  }

  void read_rule(const toml::node& node) {
    text("rule", node, expect_.rule);
    if (!expect_.rule) return;
    const std::string& id = expect_.rule->value;
    if (id.starts_with('@')) {
      if (std::ranges::find(kOwn, id) == kOwn.end())
        error(node, fmt::format("unknown name '{}'{}", printable(id), policy::did_you_mean(id, kOwn)));
      return;
    }
    const policy::RuleInfo* rule = known_rule(node, id);
    if (!rule) return;
    if (!rule->decides) {
      const std::string_view instead = rule->action == "tag" ? "tags" : "held";
      return error(node, fmt::format("rule '{}' ({}) does not decide: write {} = [\"{}\"]", id, rule->action,
                                     instead, id));
    }
    if (rule->ended && !at_given_)
      off_.add(fmt::format("rule '{}' has ended; remove both, or give the test a time with at = …", id),
               false);
  }

  void read_score(const toml::node& node) {
    if (!node.is_number()) return error(node, fmt::format("score is a number, not {}", kind(node)));
    expect_.score = Wanted<double>{*node.value<double>(), file_.spot(node)};
  }

  void read_code(const toml::node& node) {
    std::string code;
    if (const auto* number = node.as_integer())
      code = std::to_string(number->get());
    else if (const auto* string = node.as_string())
      code = string->get();
    if (!is_code(code)) return error(node, "code is 550, \"5.7.26\" or \"550 5.7.26\"");
    expect_.code = Wanted<std::string>{code, file_.spot(node)};
  }

  const policy::RuleInfo* known_rule(const toml::node& node, const std::string& id) {
    if (!reading_.context.policy) return nullptr;
    const auto found = reading_.rules.find(id);
    if (found == reading_.rules.end()) {
      std::vector<std::string_view> ids;
      for (const auto& [known, info] : reading_.rules) ids.push_back(known);
      error(node, fmt::format("unknown rule '{}'{}", printable(id), policy::did_you_mean(id, ids)));
      return nullptr;
    }
    if (!found->second.off.empty())
      off_.add(fmt::format("rule '{}' is off with the filter '{}'", id, found->second.off),
               filters::runs_once_configured(found->second.off));
    return &found->second;
  }

  void rules(std::string_view key, const toml::node& node, std::vector<Wanted<std::string>>& into) {
    into = texts(key, node);
    const toml::array* array = node.as_array();
    for (std::size_t i = 0; i < into.size(); ++i)
      if (const toml::node* one = array ? array->get(i) : &node; one->is_string())
        known_rule(*one, one->as_string()->get());
  }

  void rules(std::string_view key, const toml::node& node,
             std::optional<Wanted<std::vector<std::string>>>& into) {
    std::vector<Wanted<std::string>> ids;
    rules(key, node, ids);
    into = Wanted<std::vector<std::string>>{{}, file_.spot(node)};
    for (Wanted<std::string>& id : ids) into->value.push_back(std::move(id.value));
  }

  void read_fact(const std::string& name, const toml::node& node, const toml::key* key = nullptr) {
    const Vocabulary& vocabulary = reading_.context.vocabulary;
    const auto id = vocabulary.find(name);
    if (!id) {
      std::vector<std::string_view> known(kKeys.begin(), kKeys.end());
      known.insert(known.end(), reading_.fact_names.begin(), reading_.fact_names.end());
      file_.error(*key, unknown_fact(name, "expect", known));
      fine_ = false;
      return;
    }
    Result<Fact> fact = fact_of(vocabulary[*id], node);
    if (!fact) return error(node, fact.error().text());
    if (!vocabulary.enabled(*id)) off_.add_filter(name, vocabulary.filter(*id));
    expect_.facts.emplace_back(*id, Wanted<Fact>{std::move(*fact), file_.spot(node)});
  }

  const TomlFile& file_;
  const TestReading& reading_;
  const bool at_given_;
  Expectation expect_;
  PassedOver off_;
  bool fine_ = true;
};

}  // namespace

ReadExpectation read_expectation(const TomlFile& file, const toml::node& node, const TestReading& reading,
                                 bool at_given) {
  return Reader(file, reading, at_given).read(node);
}

}  // namespace gateway::rehearsal
