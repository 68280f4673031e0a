#include "gateway/rehearsal/one_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "filters/registry.h"
#include "gateway/dns/zone_table.h"
#include "gateway/rehearsal/expectation_reader.h"
#include "gateway/rehearsal/toml_fact.h"
#include "policy/language/checker.h"

namespace gateway::rehearsal {
namespace {

using policy::language::kind;
using policy::language::TomlFile;

constexpr std::array<std::string_view, 13> kKeys{"name",    "client",  "helo", "from", "to",
                                                 "message", "headers", "body", "dns",  "facts",
                                                 "at",      "expect",  "note"};
constexpr std::array<std::string_view, 1> kFileKey{"file"};

// A field, folded or not: "Name: value".  RFC 5322 §2.2
bool is_field(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == text.npos) return false;
  if (!std::ranges::all_of(text.substr(0, colon), [](char c) { return c > ' ' && c < 127; })) return false;
  for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n', end + 1))
    if (end + 1 >= text.size() || (text[end + 1] != ' ' && text[end + 1] != '\t')) return false;
  return true;
}

class Reader {
 public:
  Reader(const TomlFile& file, const toml::table& table, const TestReading& reading)
      : file_(file), table_(table), reading_(reading) {}

  ReadTest read() {
    for (const auto& [key, value] : table_)
      if (std::ranges::find(kKeys, key.str()) == kKeys.end())
        error(key, fmt::format("unknown key '{}' in [[test]]{}", key.str(),
                               policy::did_you_mean(key.str(), kKeys)));
    test_.scene.now = reading_.context.today;
    read_name();
    read_envelope();
    read_message();
    if (const toml::node* dns = table_.get("dns")) read_zone(*dns);
    if (const toml::node* facts = table_.get("facts")) read_facts(*facts);
    if (const toml::node* at = table_.get("at")) read_time(*at);
    text("note");
    read_expect();
    if (!fine_) return {};
    return {std::move(test_), std::move(off_)};
  }

 private:
  void error(const toml::node& node, std::string message) {
    file_.error(node, std::move(message));
    fine_ = false;
  }
  void error(const toml::key& key, std::string message) {
    file_.error(key, std::move(message));
    fine_ = false;
  }

  // The key's text, or nothing; another type is a mistake.
  const toml::value<std::string>* text(std::string_view key) {
    const toml::node* node = table_.get(key);
    if (!node) return nullptr;
    const auto* string = node->as_string();
    if (!string) error(*node, fmt::format("{} is a text in quotes, not {}", key, kind(*node)));
    return string;
  }

  void read_name() {
    if (!table_.get("name"))
      return error(table_, "a test needs a name, as in name = \"a forged director is held\"");
    const auto* name = text("name");
    if (!name) return;
    if (name->get().empty() || name->get().size() > 200)
      return error(*name, "the name of a test has 1 to 200 octets");
    test_.name = name->get();
    test_.spot = file_.spot(*name);
  }

  std::optional<Address> address(const toml::value<std::string>& node) {
    const std::string& text = node.get();
    const bool whole = text.find('@') != std::string::npos || equal_nocase(text, "postmaster");
    if (whole && text.size() <= 1000) return Address::odd(text);
    error(node, fmt::format("'{}' is not a mail address", printable(text)));
    return std::nullopt;
  }

  void read_envelope() {
    if (const auto* client = text("client")) {
      test_.scene.ip = IpAddress::parse(client->get());
      if (!test_.scene.ip)
        error(*client, fmt::format("'{}' is not an IP address, such as 192.0.2.1 or 2001:db8::1",
                                   printable(client->get())));
    }
    if (const auto* helo = text("helo")) test_.scene.helo = helo->get();
    if (const auto* from = text("from")) {
      if (from->get().empty() || from->get() == "<>")
        test_.scene.sender = Address();
      else
        test_.scene.sender = address(*from);
    }
    const toml::node* to = table_.get("to");
    if (!to) return;
    const auto take = [&](const toml::node& one) {
      const auto* string = one.as_string();
      if (!string) return error(one, fmt::format("to has addresses in quotes, not {}", kind(one)));
      if (auto recipient = address(*string)) test_.scene.recipients.push_back(std::move(*recipient));
    };
    if (const toml::array* array = to->as_array())
      for (const toml::node& one : *array) take(one);
    else
      take(*to);
  }

  void read_message() {
    const toml::node* const message = table_.get("message");
    const toml::node* const headers = table_.get("headers");
    const auto* const body = text("body");
    if (message && headers) return error(*headers, "a test has a message or headers, not both");
    if (body && !headers) return error(*body, "body goes with headers = [\"From: …\"]");
    if (message) return read_message_file(*message);
    if (headers) read_headers(*headers, body ? body->get() : std::string());
  }

  void read_message_file(const toml::node& node) {
    const toml::table* table = node.as_table();
    const auto* name = table ? table->get_as<std::string>("file") : nullptr;
    if (!name || name->get().empty())
      return error(node, "message = { file = \"…\" } names the file with the message");
    for (const auto& [key, value] : *table)
      if (key.str() != "file")
        error(key, fmt::format("unknown key '{}' in message{}", key.str(),
                               policy::did_you_mean(key.str(), kFileKey)));
    test_.file = file_.resolve(name->get());
    std::error_code failed;
    if (!std::filesystem::exists(*test_.file, failed))
      error(*name, fmt::format("message file {} does not exist", test_.file->string()));
    else if (!std::filesystem::is_regular_file(*test_.file, failed))
      error(*name, fmt::format("message file {} is no ordinary file", test_.file->string()));
  }

  void read_headers(const toml::node& node, const std::string& body) {
    const toml::array* array = node.as_array();
    if (!array)
      return error(node,
                   fmt::format("headers = [\"From: …\", \"Subject: …\"] is a list, not {}", kind(node)));
    std::string message;
    for (const toml::node& one : *array) {
      const auto* field = one.as_string();
      if (!field || !is_field(field->get()))
        error(
            one,
            "a header field is \"Name: value\" in quotes; what goes on in the next line begins with a blank");
      else
        message += field->get() + "\n";
    }
    test_.text = message + "\n" + body;
  }

  void read_zone(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (!table)
      return error(node, "dns = { \"a.example\" = { TXT = [\"…\"] } } is a zone, or { file = \"…\" }");
    if (const auto* name = table->get_as<std::string>("file")) {
      for (const auto& [key, value] : *table)
        if (key.str() != "file") error(key, "dns has file = \"…\" or names, not both");
      auto zone = dns::Zone::load(file_.resolve(name->get()));
      if (!zone) return error(*name, zone.error().text());
      test_.zone = std::move(*zone);
      return;
    }
    std::vector<dns::ZoneMistake> mistakes;
    test_.zone = dns::zone_of(*table, mistakes);
    for (const dns::ZoneMistake& mistake : mistakes) complain(*table, mistake);
  }

  // Where the name or the type stands.
  void complain(const toml::table& zone, const dns::ZoneMistake& mistake) {
    const toml::node* place = &zone;
    if (const toml::node* name = zone.get(mistake.name)) {
      place = name;
      if (const toml::table* types = name->as_table())
        if (const toml::node* type = types->get(mistake.type)) place = type;
    }
    error(*place, "dns: " + mistake.text());
  }

  void read_facts(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (!table)
      return error(node, "facts = { \"spf.mailfrom\" = \"fail\" } gives facts, whatever the filters find");
    const Vocabulary& vocabulary = reading_.context.vocabulary;
    for (const FactKey& key : fact_keys(*table, vocabulary)) {
      const auto id = vocabulary.find(key.name);
      if (!id) {
        error(*key.key, unknown_fact(key.name, "facts", reading_.fact_names));
        continue;
      }
      if (key.name == "score") {
        error(*key.key, "'score' is what the rules add up: it cannot be given");
        continue;
      }
      Result<Fact> fact = fact_of(vocabulary[*id], *key.node);
      if (!fact) {
        error(*key.node, fact.error().text());
        continue;
      }
      const bool found = !vocabulary.filter(*id).empty();
      if (found && fact->state == Fact::State::open) {
        error(*key.node,
              fmt::format("the filter '{}' always comes to something: {} is given by a value, or as {{ "
                          "state = \"troubled\" }}",
                          vocabulary.filter(*id), key.name));
        continue;
      }
      if (!vocabulary.enabled(*id)) off_.add_filter(key.name, vocabulary.filter(*id));
      test_.scene.given.insert_or_assign(*id, std::move(*fact));
    }
  }

  void read_time(const toml::node& node) {
    const Result<Time> time = moment_of(node);
    if (!time) return error(node, time.error().text());
    test_.scene.now = *time;
    test_.at_given = true;
  }

  void read_expect() {
    const toml::node* node = table_.get("expect");
    if (!node) return error(table_, "a test needs expect = { verdict = \"…\", rule = \"…\" }");
    ReadExpectation read = read_expectation(file_, *node, reading_, test_.at_given);
    if (!read.expect) {
      fine_ = false;
      return;
    }
    test_.expect = std::move(*read.expect);
    if (!read.off.empty()) off_.add(std::move(read.off.why), read.off.waits);
  }

  const TomlFile& file_;
  const toml::table& table_;
  const TestReading& reading_;
  PolicyTest test_;
  PassedOver off_;
  bool fine_ = true;
};

void collect(const toml::table& table, const std::string& prefix, const Vocabulary& vocabulary,
             std::vector<FactKey>& keys) {
  for (const auto& [key, node] : table) {
    std::string name = prefix + std::string(key.str());
    const toml::table* below = node.as_table();
    if (below && !vocabulary.find(name) && !below->empty() && !is_state(*below))
      collect(*below, name + ".", vocabulary, keys);
    else
      keys.push_back({std::move(name), &key, &node});
  }
}

}  // namespace

void PassedOver::add_filter(std::string_view fact, std::string_view filter) {
  add(fmt::format("'{}' comes from the filter '{}', which is switched off", fact, filter),
      filters::runs_once_configured(filter));
}

std::vector<FactKey> fact_keys(const toml::table& table, const Vocabulary& vocabulary) {
  std::vector<FactKey> keys;
  collect(table, {}, vocabulary, keys);
  return keys;
}

std::string unknown_fact(std::string_view name, std::string_view where,
                         std::span<const std::string_view> known) {
  return fmt::format("unknown '{}' in {}{}", printable(name), where, policy::did_you_mean(name, known));
}

ReadTest read_test(const TomlFile& file, const toml::table& table, const TestReading& reading) {
  return Reader(file, table, reading).read();
}

}  // namespace gateway::rehearsal
