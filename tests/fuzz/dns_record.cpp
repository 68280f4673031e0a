// Record data as a hostile name server may send it: the first octet chooses the type.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/dns/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using enum policy::RecordType;
  constexpr policy::RecordType kTypes[] = {a, aaaa, cname, ptr, mx, txt, tlsa};
  if (size == 0) return 0;
  const policy::RecordType type = kTypes[data[0] % std::size(kTypes)];
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto record = gateway::dns::read_record(type, rest);
  if (record && (type == cname || type == ptr || type == mx) && !gateway::dns::valid_name(record->text))
    std::abort();  // what is read as a name is one
  return 0;
}
