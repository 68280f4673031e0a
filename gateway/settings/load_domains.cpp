// [domains.*] and [local]: whom we receive mail for.

#include <fmt/format.h>

#include <algorithm>

#include "gateway/settings/list_file.h"
#include "gateway/settings/sections.h"

namespace gateway::settings {
namespace {

struct Domains {  // what all of them share while they are read
  policy::Diagnostics& diagnostics;
  std::map<Path, std::shared_ptr<const AddressList>> lists;  // every file is read, and complained of, once

  std::shared_ptr<const AddressList> list(const Path& file) {
    const auto [place, fresh] = lists.try_emplace(file);
    if (fresh) place->second = read_addresses(file, diagnostics);
    return place->second;
  }
};

bool names_some_of(const AddressList& list, const Domain& domain) {
  return std::ranges::any_of(
      list, [end = "@" + domain.text()](const std::string& address) { return address.ends_with(end); });
}

void load_recipients(TableReader& table, const Domain& domain, Recipients& recipients, Domains& all) {
  const toml::node* node = table.node("recipients");
  if (node == nullptr) return;
  constexpr std::string_view kExpected = "\"any\" or { file = \"recipients.txt\" }";
  if (node->is_table()) {
    auto file = table.table("recipients");
    if (file->node("file") == nullptr) table.error(*node, fmt::format("expected {}", kExpected));
    if (file->path("file", recipients.file)) {
      recipients.kind = Recipients::Kind::file;
      recipients.list = all.list(recipients.file);
      if (recipients.list && !names_some_of(*recipients.list, domain))
        file->error(*file->node("file"),
                    fmt::format("{} names no recipient of {}", recipients.file.string(), domain.text()));
    }
    return file->done();
  }
  const auto* word = node->as_string();
  if (word == nullptr) return table.expected(kExpected, *node);
  if (word->get() == "ask")
    return table.error(
        *node, fmt::format("recipients = \"ask\" comes with a later version: expected {}", kExpected));
  if (word->get() != "any")
    table.error(*node, fmt::format("'{}' is not {}", printable(word->get(), 60), kExpected));
}

void load_mailstore_name(TableReader& table, LocalDomain& local, const Settings& settings) {
  std::vector<std::string_view> names;
  for (const auto& [name, mailstore] : settings.mailstores) names.push_back(name);
  if (table.node("mailstore") == nullptr) {
    table.error(names.size() == 1
                    ? fmt::format("mailstore is missing: expected mailstore = \"{}\"", names.front())
                    : "mailstore is missing: expected the name of a [mailstore.NAME]");
    return;
  }
  const std::string* name = table.some_text("mailstore", "the name of a [mailstore.NAME]");
  if (name == nullptr) return;
  local.mailstore = *name;
  if (!settings.mailstores.contains(*name))
    table.error(*table.node("mailstore"), fmt::format("there is no [mailstore.{}]{}", printable(*name, 60),
                                                      policy::did_you_mean(*name, names)));
}

// [domains.example.com] is, to TOML, a table com in a table example.
bool unquoted(const TableReader& table) {
  return !table.raw().empty() && std::ranges::all_of(table.raw(), [](const auto& entry) {
    return entry.second.is_table() && entry.first.str() != "recipients";
  });
}

void load_domain(const toml::key& key, TableReader& table, Settings& settings, Domains& all) {
  if (unquoted(table)) {
    std::string name(key.str());
    const toml::table* inner = &table.raw();
    while (!inner->empty() && inner->begin()->second.is_table() &&
           inner->begin()->first.str() != "recipients") {
      name += "." + std::string(inner->begin()->first.str());
      inner = inner->begin()->second.as_table();
    }
    return table.file().error(key, fmt::format("a domain stands in quotes: [domains.\"{}\"]", name));
  }
  const auto domain = Domain::parse(key.str());
  LocalDomain local;
  load_mailstore_name(table, local, settings);
  if (!domain || IpAddress::parse(key.str())) {
    table.node("recipients");
    table.file().error(key, fmt::format("'{}' is no domain name: expected one such as \"example.com\"",
                                        printable(key.str(), 80)));
  } else if (settings.domains.contains(*domain)) {
    table.node("recipients");
    table.file().error(key, fmt::format("{} stands above already", domain->text()));
  } else {
    load_recipients(table, *domain, local.recipients, all);
    settings.domains[*domain] = std::move(local);
    settings.domain_order.push_back(*domain);
    settings.local_domains.push_back(*domain);
  }
  table.done();
}

void load_names(TableReader& table, Settings& settings, policy::Diagnostics& diagnostics) {
  const toml::node* node = table.node("names");
  if (node == nullptr) return;
  if (node->is_table()) {
    auto file = table.table("names");
    Path path;
    if (file->node("file") == nullptr)
      table.error(*node, "expected a list of names, or { file = \"people.txt\" }");
    if (file->path("file", path))
      if (auto names = read_names(path, diagnostics)) settings.local_names = std::move(*names);
    return file->done();
  }
  if (!node->is_array()) return table.expected("a list of names, or { file = \"people.txt\" }", *node);
  table.each_text("names", "a name",
                  [&](const toml::node&, const std::string& name) { settings.local_names.push_back(name); });
}

void load_local(TableReader& table, Settings& settings, policy::Diagnostics& diagnostics) {
  table.each_text("also", "a domain name", [&](const toml::node& node, const std::string& text) {
    const auto domain = read_domain(table, node, text);
    if (!domain) return;
    if (std::ranges::find(settings.local_domains, *domain) != settings.local_domains.end())
      return table.file().warn(node, fmt::format("{} is local already", domain->text()));
    settings.local_domains.push_back(*domain);
  });
  load_names(table, settings, diagnostics);
  table.done();
}

}  // namespace

void load_domains(TableReader& root, Settings& settings, policy::Diagnostics& diagnostics) {
  Domains all{diagnostics, {}};
  const toml::node* node = root.node("domains");
  auto table = root.table("domains");
  if (table)
    for (auto& [key, domain] : table->named_tables()) load_domain(*key, domain, settings, all);
  if (node == nullptr || (table && table->raw().empty()))
    root.file().error({}, 1,
                      "there is no domain to receive mail for: expected [domains.\"example.com\"] with its "
                      "mailstore");
  if (auto local = root.table("local")) load_local(*local, settings, diagnostics);
}

}  // namespace gateway::settings
