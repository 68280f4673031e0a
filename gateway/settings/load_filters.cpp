// [filter.*]: each filter has its own table, and `enabled`.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "filters/registry.h"
#include "gateway/settings/sections.h"

namespace gateway::settings {
namespace {

using namespace std::chrono_literals;

// Those of a filter that asks lists, or nothing.
std::vector<filters::dnsxl::DnsList>* lists_of(std::string_view filter, Settings& settings) {
  if (filter == "dnsbl") return &settings.dnsbl;
  if (filter == "dnswl") return &settings.dnswl;
  return filter == "dbl" ? &settings.dbl : nullptr;
}

// One that asks lists is on once it has some.
void switch_off_without_lists(Settings& settings) {
  for (const std::string_view name : {"dnsbl", "dnswl", "dbl"})
    if (lists_of(name, settings)->empty()) settings.filters_off.emplace(name);
}

void load_trusted_sealers(TableReader& table, Settings& settings) {
  table.each_text("trusted_sealers", "a domain that seals, such as \"lists.example.org\"",
                  [&](const toml::node& node, const std::string& text) {
                    if (auto domain = read_domain(table, node, text))
                      settings.trusted_sealers.push_back(std::move(*domain));
                  });
}

void load_received_spf(TableReader& table, bool enabled, Settings& settings) {
  table.flag("received_spf", settings.received_spf);
  if (settings.received_spf && !enabled)
    table.file().warn(*table.node("received_spf"),
                      "there are no Received-SPF fields while the filter 'spf' is switched off");
}

void load_attachments(TableReader& table, filters::attachments::Limits& limits) {
  table.number("depth", limits.depth, 1, 50);
  table.number("parts", limits.parts, 1, 10'000);
  table.number("entries", limits.entries, 0, 100'000);
  table.size("unpacked", limits.unpacked, 0, 500'000'000);
}

void load_greylist(TableReader& table, filters::greylist::Terms& terms) {
  table.duration("delay", terms.delay, 1s, 24h);
  table.duration("window", terms.window, 1min, 30 * 24h);
  table.duration("keep", terms.keep, 1h, 400 * 24h);
  table.number("known_after", terms.known_after, 0, 1000);
  if (terms.window > terms.delay) return;
  const toml::node* said = table.node("window");  // it is this one, or the delay
  table.error(said ? *said : *table.node("delay"),
              "'window' must be longer than 'delay', or no mail would pass");
}

// What is left of DMARC without the filters it builds on.
void load_dmarc_needs(const std::map<std::string_view, const toml::key*>& off, const TomlFile& file,
                      Settings& settings) {
  if (off.contains("dmarc")) return;
  const auto warn = [&](std::string_view filter, std::string_view message) {
    const toml::key& key = *off.at(filter);
    file.warn(file.place(key), static_cast<unsigned>(key.str().size()), std::string(message));
  };
  if (off.contains("from")) {
    warn("from", "the filter 'dmarc' is switched off with it: it judges the author's domain");
  } else if (off.contains("spf") && off.contains("dkim")) {
    warn("dkim",
         "the filter 'dmarc' is switched off, too: neither 'spf' nor 'dkim' is left to vouch for an author");
  } else {
    if (off.contains("spf")) warn("spf", "mail that only SPF vouches for fails DMARC now");
    if (off.contains("dkim")) warn("dkim", "mail that only DKIM vouches for fails DMARC now");
    return;
  }
  settings.filters_off.emplace("dmarc");
}

}  // namespace

std::set<std::string, std::less<>> filters_off_by_default() { return filters::off_by_default(); }

void load_filters(TableReader& root, Settings& settings) {
  auto table = root.table("filter");
  if (!table) return;
  std::vector<std::string_view> built;
  for (const filters::Entry& entry : filters::all_filters())
    if (entry.part_of.empty()) built.push_back(entry.name);
  ListIds list_ids;
  std::map<std::string_view, const toml::key*> off;
  for (auto& [key, filter] : table->named_tables()) {
    const std::string_view name = key->str();
    if (std::ranges::find(built, name) != built.end()) {
      bool enabled = true;
      filter.flag("enabled", enabled);
      if (name == "arc") load_trusted_sealers(filter, settings);
      if (name == "attachments") load_attachments(filter, settings.attachments);
      if (name == "greylist") load_greylist(filter, settings.greylist);
      if (name == "reputation") filter.duration("keep", settings.senders_kept, 24h, 3650 * 24h);
      settings.filters_off.erase(std::string(name));
      if (!enabled) settings.filters_off.emplace(name);
      if (!enabled) off.emplace(name, key);
      if (name == "spf") load_received_spf(filter, enabled, settings);
      if (auto* lists = lists_of(name, settings)) *lists = read_lists(filter, name, list_ids);
      filter.done();
    } else {
      filter.file().error(*key, fmt::format("there is no filter '{}'{}", printable(name, 60),
                                            policy::did_you_mean(name, built)));
    }
  }
  load_dmarc_needs(off, table->file(), settings);
  switch_off_without_lists(settings);
}

}  // namespace gateway::settings
