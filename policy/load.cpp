// Reads the policy files, in their order, into one rule book.
#include "policy/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "policy/advice.h"
#include "policy/language/named_list.h"
#include "policy/language/parser.h"
#include "policy/language/rule_reader.h"
#include "policy/rule_policy.h"

namespace policy {
namespace {

using language::TomlFile;

constexpr std::size_t kRules = 2000;
constexpr std::array<std::string_view, 5> kSections{"score", "lists", "define", "rule", "test"};
constexpr std::array<std::string_view, 4> kThresholds{"tag", "quarantine", "defer", "reject"};

class Loader {
 public:
  Loader(const Vocabulary& vocabulary, const PolicyOptions& options, Time today, Diagnostics& diagnostics)
      : vocabulary_(vocabulary),
        names_{vocabulary, {}, {}, options.configuration},
        diagnostics_(diagnostics) {
    book_.by_default = options.by_default;
    book_.loaded = today;
  }

  std::shared_ptr<const Policy> load(std::span<const std::filesystem::path> paths,
                                     const language::ListFileSource& source) {
    for (const std::filesystem::path& path : paths) {
      auto file = TomlFile::read(path, diagnostics_);
      if (!file) continue;
      made_of_.texts.push_back({path, std::make_shared<const std::string>(file->text())});
      files_.push_back(std::move(file));
    }
    return compile(source);
  }

  std::shared_ptr<const Policy> load(std::vector<Ingredients::Text> texts,
                                     const language::ListFileSource& source, language::Budget* budget) {
    names_.budget = budget;
    made_of_.texts = std::move(texts);
    for (const Ingredients::Text& one : made_of_.texts)
      if (auto file = TomlFile::parse(*one.text, one.path, diagnostics_)) files_.push_back(std::move(file));
    return compile(source);
  }

  std::shared_ptr<const Policy> load(const Ingredients& from) {
    made_of_.texts = from.texts;
    for (const Ingredients::Text& one : from.texts)
      if (auto file = TomlFile::parse(*one.text, one.path, diagnostics_)) files_.push_back(std::move(file));
    return compile([&](const std::string& list,
                       const std::filesystem::path&) -> Result<std::shared_ptr<language::ListFile>> {
      const auto found = from.list_files.find(list);
      if (found == from.list_files.end()) return Error("it has not been read", ENOENT);
      return found->second;
    });
  }

  std::vector<ListInfo> lists() const {
    std::vector<ListInfo> all;
    for (const auto& [name, list] : lists_) all.push_back(list->info());
    return all;
  }

  std::map<std::string, std::string> list_mistakes() const {
    std::map<std::string, std::string> mistakes;
    for (const auto& [name, list] : lists_)
      if (!list->first_mistake().empty()) mistakes.emplace(name, list->first_mistake());
    return mistakes;
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

  std::shared_ptr<const Policy> compile(const language::ListFileSource& source) {
    for (const auto& file : files_) read_sections(*file, source);
    check_defines();
    for (const auto& file : files_) read_rules(*file);
    for (const auto& [name, list] : lists_) list->check();
    exempt();
    if (diagnostics_.has_errors()) return nullptr;
    for (const Advice& one : advice(book_, vocabulary_)) {
      const Place& place = places_[one.rule];
      place.file->warn(*place.when, one.message);
    }
    for (const auto& [name, list] : lists_)
      if (list->file()) {
        if (!list->file()->settled()) list->file()->settle();
        made_of_.list_files.emplace(name, list->file());
      }
    return std::make_shared<RulePolicy>(std::move(book_), vocabulary_, std::move(made_of_));
  }

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

  void read_sections(const TomlFile& file, const language::ListFileSource& source) {
    file.refuse_unknown(file.root(), kSections, "a policy file");
    if (const toml::table* score = section(file, "score")) read_thresholds(file, *score);
    if (const toml::table* lists = section(file, "lists"))
      for (const auto& [key, node] : *lists) {
        if (!claim(list_places_, "list", file, key, node)) continue;
        auto list = language::NamedList::read(file, std::string(key.str()), node, source, diagnostics_);
        names_.lists.emplace(std::string(key.str()), list->usable() ? list.get() : nullptr);
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

  const Vocabulary& vocabulary_;
  language::Names names_;
  Diagnostics& diagnostics_;
  Ingredients made_of_;
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

// As the files are now.
language::ListFileSource read_at(Time today) {
  return [today](const std::string&, const std::filesystem::path& file) {
    return language::ListFile::read(file, today);
  };
}

}  // namespace

std::shared_ptr<const Policy> Policy::load(std::span<const std::filesystem::path> files,
                                           const Vocabulary& vocabulary, const PolicyOptions& options,
                                           Time today, Diagnostics& diagnostics) {
  return Loader(vocabulary, options, today, diagnostics).load(files, read_at(today));
}

std::vector<ListInfo> Policy::lists_in(std::span<const std::filesystem::path> files,
                                       const Vocabulary& vocabulary, Time today, Diagnostics& diagnostics) {
  Loader loader(vocabulary, {}, today, diagnostics);
  loader.load(files, [today](const std::string&, const std::filesystem::path& file) {
    return language::ListFile::read_beginning(file, today);
  });
  return loader.lists();
}

Loaded load_again(const Ingredients& from, const Vocabulary& vocabulary, const PolicyOptions& options,
                  Time today, Diagnostics& diagnostics) {
  Loader loader(vocabulary, options, today, diagnostics);
  auto policy = loader.load(from);
  return {std::move(policy), loader.list_mistakes()};
}

std::shared_ptr<const Policy> load_texts(std::vector<Ingredients::Text> texts,
                                         const language::ListFileSource& source, const Vocabulary& vocabulary,
                                         const PolicyOptions& options, Time today, Diagnostics& diagnostics,
                                         std::optional<language::Budget> budget) {
  return Loader(vocabulary, options, today, diagnostics)
      .load(std::move(texts), source, budget ? &*budget : nullptr);
}

bool is_made_of(const Policy& policy, const std::vector<Ingredients::Text>& texts) {
  const auto* made = dynamic_cast<const RulePolicy*>(&policy);
  return made && std::ranges::equal(made->made_of().texts, texts, [](const auto& one, const auto& other) {
           return one.path == other.path && *one.text == *other.text;
         });
}

}  // namespace policy
