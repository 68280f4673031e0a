// Reads the policy files, in their order, into one rule book.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "policy/advice.h"
#include "policy/decide.h"
#include "policy/language/named_list.h"
#include "policy/language/parser.h"
#include "policy/language/rule_reader.h"
#include "policy/policy.h"
#include "policy/stages.h"

namespace policy {
namespace {

using language::TomlFile;

constexpr std::size_t kRules = 2000;
constexpr std::array<std::string_view, 5> kSections{"score", "lists", "define", "rule", "test"};
constexpr std::array<std::string_view, 4> kThresholds{"tag", "quarantine", "defer", "reject"};

class RulePolicy final : public Policy {
 public:
  RulePolicy(RuleBook book, const Vocabulary& vocabulary, std::string version)
      : book_(std::move(book)),
        judge_(book_, vocabulary),
        vocabulary_(vocabulary),
        version_(std::move(version)) {
    for (std::size_t phase = 0; phase < kPhases; ++phase)
      awaited_[phase] = policy::awaited(book_, static_cast<Phase>(phase), vocabulary_);
    std::set<std::string> headers;
    for (const Rule& rule : book_.rules)
      for (const Test& test : rule.when.tests()) {
        if (const HeaderText* header = std::get_if<HeaderText>(&test.left)) headers.insert(header->name);
        if (const HeaderCount* header = std::get_if<HeaderCount>(&test.left)) headers.insert(header->name);
      }
    header_names_.assign(headers.begin(), headers.end());
  }

  Verdict decide(const Facts& recipient, Moment moment) const override {
    return judge_.decide(recipient, moment);
  }
  const std::vector<std::string>& awaited(Phase phase) const override {
    return awaited_[static_cast<std::size_t>(phase)];
  }
  bool refuses_early() const override {
    return std::ranges::any_of(book_.rules, [](const Rule& rule) { return rule.earliest && !rule.trial; });
  }
  std::string_view version() const override { return version_; }
  const std::vector<std::string>& header_names() const override { return header_names_; }
  std::set<std::string, std::less<>> facts_named() const override {
    std::set<std::string, std::less<>> names;
    const auto add = [&](FactId id) { names.emplace(vocabulary_[id].name); };
    for (const Rule& rule : book_.rules) {
      if (rule.off) continue;
      for (const Test& test : rule.when.tests()) {
        if (test.op == Test::Op::constant) continue;
        if (const FactId* id = std::get_if<FactId>(&test.left)) add(*id);
        if (const FactId* id = std::get_if<FactId>(&test.right)) add(*id);
      }
      std::ranges::for_each(rule.reply.facts(), add);
    }
    return names;
  }
  std::vector<std::string> rule_ids() const override {
    std::vector<std::string> ids;
    for (const Rule& rule : book_.rules) ids.push_back(rule.id);
    return ids;
  }
  std::vector<RuleInfo> rules() const override {
    std::vector<RuleInfo> all;
    for (const Rule& rule : book_.rules) {
      RuleInfo info{.id = rule.id,
                    .where = rule.where,
                    .action = std::string(kThen[static_cast<std::size_t>(rule.then)]),
                    .decides = rule.decides(),
                    .trial = rule.trial,
                    .ended = rule.until && *rule.until <= book_.loaded};
      for (const Test& test : rule.own.tests())
        for (std::string& name : test.names(vocabulary_)) {
          const auto id = vocabulary_.find(name);
          if (id && !vocabulary_.enabled(*id) && info.off.empty()) info.off = vocabulary_.filter(*id);
          if (std::ranges::find(info.facts, name) == info.facts.end()) info.facts.push_back(std::move(name));
        }
      all.push_back(std::move(info));
    }
    return all;
  }
  std::vector<Stage> stages() const override { return policy::stages(book_, vocabulary_); }

 private:
  const RuleBook book_;
  const Judge judge_;
  const Vocabulary& vocabulary_;
  const std::string version_;
  std::array<std::vector<std::string>, kPhases> awaited_;
  std::vector<std::string> header_names_;
};

class Loader {
 public:
  Loader(const Vocabulary& vocabulary, const PolicyOptions& options, Time today, Diagnostics& diagnostics)
      : vocabulary_(vocabulary),
        names_{vocabulary, {}, {}, options.configuration},
        diagnostics_(diagnostics) {
    book_.by_default = options.by_default;
    book_.loaded = today;
  }

  std::shared_ptr<const Policy> load(std::span<const std::filesystem::path> paths) {
    for (const std::filesystem::path& path : paths)
      if (auto file = TomlFile::read(path, diagnostics_)) files_.push_back(std::move(file));
    for (const auto& file : files_) read_sections(*file);
    check_defines();
    for (const auto& file : files_) read_rules(*file);
    for (const auto& [name, list] : lists_) list->check();
    exempt();
    if (diagnostics_.has_errors()) return nullptr;
    for (const Advice& one : advice(book_, vocabulary_)) {
      const Place& place = places_[one.rule];
      place.file->warn(*place.when, one.message);
    }
    return std::make_shared<RulePolicy>(std::move(book_), vocabulary_, version());
  }

 private:
  struct Place {
    const TomlFile* file = nullptr;
    const toml::node* id = nullptr;
    const toml::node* when = nullptr;
    const toml::node* exempt = nullptr;
  };
  struct Named {
    const TomlFile* file;
    const toml::node* node;
  };

  const toml::table* section(const TomlFile& file, std::string_view name) const {
    const toml::node* node = file.root().get(name);
    if (!node) return nullptr;
    if (const toml::table* table = node->as_table()) return table;
    file.error(*node, fmt::format("[{}] is a table, not {}", name, language::kind(*node)));
    return nullptr;
  }

  // False when the name is taken or no name.
  bool claim(std::map<std::string, Named, std::less<>>& taken, std::string_view what, const TomlFile& file,
             const toml::key& key, const toml::node& node) {
    if (!language::is_valid_name(key.str())) {
      file.error(key, fmt::format("the name of a {} has letters, digits, '-' and '_'", what));
      return false;
    }
    const auto [place, fresh] = taken.emplace(std::string(key.str()), Named{&file, &node});
    if (!fresh)
      file.error(key, fmt::format("{} '{}' is already at {}", what, key.str(),
                                  place->second.file->where(*place->second.node)));
    return fresh;
  }

  void read_sections(const TomlFile& file) {
    file.refuse_unknown(file.root(), kSections, "a policy file");
    if (const toml::table* score = section(file, "score")) read_thresholds(file, *score);
    if (const toml::table* lists = section(file, "lists"))
      for (const auto& [key, node] : *lists) {
        if (!claim(list_places_, "list", file, key, node)) continue;
        auto list = language::NamedList::read(file, std::string(key.str()), node, diagnostics_);
        if (!list) {
          names_.lists.emplace(std::string(key.str()), nullptr);
          continue;
        }
        names_.lists.emplace(std::string(key.str()), list.get());
        lists_.emplace(std::string(key.str()), std::move(list));
      }
    if (const toml::table* defines = section(file, "define"))
      for (const auto& [key, node] : *defines) {
        if (!claim(defines_, "condition", file, key, node)) continue;
        const std::string name(key.str());
        if (vocabulary_.find(name) || name == "true" || name == "false" || language::is_operator_word(name)) {
          file.error(key, fmt::format("'{}' has a meaning already: choose another name", name));
          continue;
        }
        const auto* text = node.as_string();
        if (!text) {
          file.error(node, fmt::format("a condition is a text in quotes, not {}", language::kind(node)));
          continue;
        }
        std::vector<language::Mistake> mistakes;
        if (auto term = language::parse_condition(text->get(), mistakes))
          names_.defines.emplace(name, std::move(*term));
        else
          names_.defines.emplace(name, language::Term{});
        for (const language::Mistake& mistake : mistakes)
          file.error(file.place_in(node, mistake.offset), static_cast<unsigned>(mistake.length),
                     mistake.message);
        if (!mistakes.empty()) broken_defines_.insert(name);
      }
  }

  void read_thresholds(const TomlFile& file, const toml::table& table) {
    file.refuse_unknown(table, kThresholds, "[score]");
    if (score_) {
      file.error(table, fmt::format("[score] is already at {}", score_->file->where(*score_->node)));
      return;
    }
    score_ = Named{&file, &table};
    const auto read = [&](std::string_view key) -> std::optional<double> {
      const toml::node* node = table.get(key);
      if (!node) return std::nullopt;
      const auto number = node->value<double>();
      if (!number || node->is_boolean() || !(*number > 0 && *number <= 10'000)) {
        file.error(*node, fmt::format("{} is a number above 0, not {}", key,
                                      number ? "this one" : language::kind(*node)));
        return std::nullopt;
      }
      return number;
    };
    Thresholds& limits = book_.thresholds;
    limits = {read("tag"), read("quarantine"), read("defer"), read("reject")};
    if (limits.quarantine && limits.reject && *limits.quarantine >= *limits.reject)
      file.warn(*table.get("quarantine"), "nothing is quarantined by its score: reject is not higher");
  }

  void check_defines() {
    for (const auto& [name, place] : defines_) {
      if (broken_defines_.contains(name) || !names_.defines.contains(name)) continue;
      if (!language::compile(*place.file, *place.node, names_)) broken_defines_.insert(name);
    }
  }

  void read_rules(const TomlFile& file) {
    const toml::node* node = file.root().get("rule");
    if (!node) return;
    const toml::array* array = node->as_array();
    if (!array) return file.error(*node, "rules are written [[rule]], with two brackets");
    for (const toml::node& entry : *array) {
      const toml::table* table = entry.as_table();
      if (!table) {
        file.error(entry, "rules are written [[rule]], with two brackets");
        continue;
      }
      auto read = language::read_rule(file, *table, names_);
      if (const auto* id = table->get("id"); id && id->is_string()) {
        const auto [place, fresh] = rule_ids_.emplace(id->as_string()->get(), Named{&file, id});
        if (!fresh)
          file.error(*id, fmt::format("rule '{}' is already at {}", id->as_string()->get(),
                                      place->second.file->where(*place->second.node)));
      }
      if (!read) {
        // No rule is left out in silence.
        if (!diagnostics_.has_errors()) file.error(entry, "this rule could not be read");
        continue;
      }
      if (book_.rules.size() == kRules) return file.error(entry, fmt::format("more than {} rules", kRules));
      read->rule.own = read->rule.when;
      book_.rules.push_back(std::move(read->rule));
      places_.push_back({&file, read->id, read->when, read->exempt});
    }
  }

  // exempt = [...] is rewritten: each rule named gets "and not (this)", so that judging knows no exemptions.
  void exempt() {
    std::vector<std::string_view> ids;
    for (const auto& [id, place] : rule_ids_) ids.emplace_back(id);
    for (std::size_t i = 0; i < book_.rules.size(); ++i) {
      const Rule& rule = book_.rules[i];
      if (rule.then != Then::exempt) continue;
      for (std::size_t n = 0; n < rule.exempts.size(); ++n) {
        const std::string& id = rule.exempts[n];
        const toml::node& node = *places_[i].exempt->as_array()->get(n);
        if (!rule_ids_.contains(id)) {
          places_[i].file->error(node, fmt::format("unknown rule '{}'{}", id, did_you_mean(id, ids)));
          continue;
        }
        const auto named = std::ranges::find(book_.rules, id, &Rule::id);
        if (named == book_.rules.end()) continue;  // it has mistakes of its own
        if (named->then == Then::exempt)
          places_[i].file->error(
              node, fmt::format("'{}' is an exemption itself: name the rules that shall not apply", id));
        else if (!rule.trial && !rule.off)
          named->when = Condition::both(std::move(named->when), Condition::negated(limited(rule)));
      }
    }
  }

  // The exemption's condition, as long as it holds.
  Condition limited(const Rule& rule) const {
    const auto now = vocabulary_.find("now");
    if (!rule.until || !now) return rule.own;
    return Condition::both(rule.own, Condition::test({Test::Op::less, *now, Value(*rule.until), false}));
  }

  // FNV-1a over everything that was read: tells policies apart, no more.
  std::string version() const {
    std::uint64_t hash = 14695981039346656037u;
    const auto add = [&](std::string_view text) {
      for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
      hash = (hash ^ 0xFFu) * 1099511628211u;
    };
    for (const auto& file : files_) add(file->text());
    for (const auto& [name, list] : lists_) add(list->octets());
    add(name(book_.by_default));
    return fmt::format("{:016x}", hash).substr(0, 12);
  }

  const Vocabulary& vocabulary_;
  language::Names names_;
  Diagnostics& diagnostics_;
  std::vector<std::unique_ptr<TomlFile>> files_;
  std::map<std::string, std::unique_ptr<language::NamedList>> lists_;
  std::map<std::string, Named, std::less<>> list_places_;
  std::map<std::string, Named, std::less<>> defines_;
  std::map<std::string, Named, std::less<>> rule_ids_;
  std::set<std::string> broken_defines_;
  std::optional<Named> score_;
  RuleBook book_;
  std::vector<Place> places_;  // of book_.rules
};

}  // namespace

std::shared_ptr<const Policy> Policy::load(std::span<const std::filesystem::path> files,
                                           const Vocabulary& vocabulary, const PolicyOptions& options,
                                           Time today, Diagnostics& diagnostics) {
  return Loader(vocabulary, options, today, diagnostics).load(files);
}

}  // namespace policy
