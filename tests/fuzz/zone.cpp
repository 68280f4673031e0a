// The text of a zone file, and look-ups in what came of it.
#include "gateway/dns/zone.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto zone = gateway::dns::Zone::parse(text, "zone"))
    for (const std::string_view name : {"a", "one", "a.example", "b.example", ""})
      for (const auto type : {policy::RecordType::a, policy::RecordType::txt, policy::RecordType::cname})
        zone->answer({name, type});
  return 0;
}
