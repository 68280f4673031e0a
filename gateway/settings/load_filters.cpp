// [filter.*]: each filter has its own table, and `enabled`.

#include <fmt/format.h>

#include <algorithm>

#include "filters/registry.h"
#include "gateway/settings/sections.h"

namespace gateway::settings {
namespace {

constexpr std::string_view kLater[] = {"arc",   "helo",     "rdns", "sender",
                                       "dnsbl", "greylist", "rate", "attachments"};

}  // namespace

void load_filters(TableReader& root, Settings& settings) {
  auto table = root.table("filter");
  if (!table) return;
  std::vector<std::string_view> built;
  for (const filters::Entry& entry : filters::all_filters()) built.push_back(entry.name);
  for (auto& [key, filter] : table->named_tables()) {
    const std::string_view name = key->str();
    if (std::ranges::find(built, name) != built.end()) {
      bool enabled = true;
      filter.flag("enabled", enabled);
      if (!enabled) settings.filters_off.emplace(name);
      filter.done();
    } else if (std::ranges::find(kLater, name) != std::end(kLater)) {
      filter.file().error(*key,
                          fmt::format("filter '{0}' comes with a later version; remove [filter.{0}]", name));
    } else {
      filter.file().error(*key, fmt::format("there is no filter '{}'{}", printable(name, 60),
                                            policy::did_you_mean(name, built)));
    }
  }
}

}  // namespace gateway::settings
