#include "gateway/lists/configured.h"

#include "gateway/settings/settings.h"

namespace gateway::lists {

std::vector<filters::dnsxl::DnsList> configured_lists(const settings::Settings& settings) {
  std::vector<filters::dnsxl::DnsList> all;
  const auto add = [&](const char* filter, const std::vector<filters::dnsxl::DnsList>& lists) {
    if (!settings.filters_off.contains(filter)) all.insert(all.end(), lists.begin(), lists.end());
  };
  add("dnsbl", settings.dnsbl);
  add("dnswl", settings.dnswl);
  add("dbl", settings.dbl);
  return all;
}

}  // namespace gateway::lists
