#pragma once
// A zone that stands within another TOML file, as that of a policy test does.

#include <toml++/toml.h>
#include <string>
#include <vector>

#include "gateway/dns/zone.h"

namespace gateway::dns {

struct ZoneMistake {
  std::string name;  // the key in the zone, as written; empty: the zone as a whole
  std::string type;  // the key below it; empty: the name as a whole
  std::string message;

  std::string text() const;  // "'name': TXT: message", made printable
};

// Mistakes are added, up to some; what is right beside them is in the zone.
Zone zone_of(const toml::table& table, std::vector<ZoneMistake>& mistakes);

}  // namespace gateway::dns
