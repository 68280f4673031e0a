#include "tests/support/policy_bench.h"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "filters/registry.h"
#include "policy/facts/text.h"
#include "policy/language/literal.h"

namespace support {
namespace {

using namespace policy;

Value value_of(const FactSpec& spec, std::string_view text) {
  switch (spec.type) {
    case Type::boolean: return text == "yes" || text == "true";
    case Type::number: return language::parse_number(text).value();
    case Type::text: return std::string(text);
    case Type::domain: return text.empty() ? Domain() : Domain::parse(text).value();
    case Type::address: return text.empty() ? Address() : Address::parse(text).value();
    case Type::ip: return IpAddress::parse(text).value();
    case Type::outcome: return parse_outcome(text).value();
    case Type::choice: return Choice{std::string(text)};
    case Type::time: return language::parse_time(text).value();
    case Type::list: {
      List list;
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        list.emplace_back(trim(text.substr(at, end - at)));
        at = end + 1;
      }
      return list;
    }
  }
  throw std::logic_error("no such type");
}

Value harmless(const FactSpec& spec) {
  switch (spec.type) {
    case Type::number: return 0.0;
    case Type::outcome: return Outcome::none;
    case Type::choice: return Choice{std::string(spec.choices.substr(0, spec.choices.find(' ')))};
    case Type::ip: return IpAddress::parse("192.0.2.1").value();
    case Type::time: return noon();
    default: return value_of(spec, "");
  }
}

}  // namespace

const Vocabulary& full_vocabulary() {
  static const Vocabulary vocabulary = filters::make_vocabulary();
  return vocabulary;
}

Time noon() { return language::parse_time("2026-06-01T12:00:00Z").value(); }

LoadedPolicy load_policy(std::string_view text, const PolicyOptions& options, const Vocabulary& vocabulary,
                         const std::filesystem::path& directory) {
  static unsigned count = 0;
  const std::filesystem::path file =
      (directory.empty() ? std::filesystem::temp_directory_path() : directory) /
      ("policy-" + std::to_string(::getpid()) + "-" + std::to_string(++count) + ".toml");
  std::ofstream(file, std::ios::binary) << text;
  Diagnostics diagnostics;
  LoadedPolicy loaded;
  loaded.policy = Policy::load(std::array{file}, vocabulary, options, noon(), diagnostics);
  std::filesystem::remove(file);
  loaded.diagnostics = diagnostics.render();
  const std::string path = file.string();
  for (std::size_t at; (at = loaded.diagnostics.find(path)) != std::string::npos;)
    loaded.diagnostics.replace(at, path.size(), "policy.toml");
  const std::string name = file.filename().string();
  for (std::size_t at; (at = loaded.diagnostics.find(name)) != std::string::npos;)
    loaded.diagnostics.replace(at, name.size(), "policy.toml");
  return loaded;
}

void set_facts(Facts& facts, std::string_view text) {
  std::string header;
  bool others = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    const std::string_view part = trim(text.substr(at, end - at));
    at = end + 1;
    if (part.empty()) continue;
    if (part == "*") {
      others = true;
      continue;
    }
    const std::size_t equals = part.find('=');
    if (equals == part.npos) {
      header += std::string(part) + "\r\n";
      continue;
    }
    const std::string_view name = trim(part.substr(0, equals));
    const std::string_view value = trim(part.substr(equals + 1));
    const auto id = facts.vocabulary().find(name);
    if (!id) throw std::logic_error("no fact " + std::string(name));
    const FactSpec& spec = facts.vocabulary()[*id];
    if (value.starts_with('!')) {
      const std::size_t sure = value.find('|');
      if (sure == value.npos)
        facts.trouble(spec.name, std::string(value.substr(1)));
      else  // "!why|member": a list of which this is sure
        facts.trouble(spec.name, std::string(value.substr(1, sure - 1)),
                      value_of(spec, value.substr(sure + 1)));
    } else {
      facts.set(spec.name, value_of(spec, value));
    }
  }
  if (others)
    for (std::size_t i = 0; i < facts.vocabulary().size(); ++i) {
      const FactSpec& spec = facts.vocabulary()[FactId(i)];
      if (facts.at(FactId(i)).state == Fact::State::open) facts.set(spec.name, harmless(spec));
    }
  if (others || !header.empty()) facts.set_message(std::make_shared<const Message>(header));
}

}  // namespace support
