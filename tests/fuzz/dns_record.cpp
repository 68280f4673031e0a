// Record data as a hostile name server may send it: the first octet chooses the type.  And the beginning of a
// whole message.
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
  const bool is_name = type == cname || type == ptr || type == mx;
  if (record && is_name) {  // what is read as a name is one, and is written as it was
    if (!gateway::dns::valid_name(record->text)) std::abort();
    const std::string_view wire = type == mx ? rest.substr(2) : rest;
    if (!policy::equal_nocase(gateway::dns::wire_name(record->text), wire)) std::abort();
  }
  if (record && type == txt && record->text.size() > rest.size()) std::abort();
  const auto head = gateway::dns::read_reply_head(rest);
  if (head && (head->rcode > 15 || head->from_question.size() + 12 != rest.size())) std::abort();
  return 0;
}
