#include "filters/names/existence.h"

#include "filters/names/dns_name.h"

namespace filters::names {

HostLook has_address(std::string_view name, const Answers& answers, bool at_once) {
  HostLook look;
  look.exists = Existence::no;
  if (!is_checkable(name)) return look;
  bool open = false;
  for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
    const DnsQuestion& asked = look.looked.emplace_back(name, type);
    const DnsAnswer* answer = answers.dns(asked);
    open = open || !answer;
    if (!answer && at_once) continue;
    if (!answer) break;
    if (!answer->records.empty()) return look.exists = Existence::yes, look;
    if (answer->failed()) {
      look.exists = Existence::failed;
      if (!look.failed) look.failure = answer->status;
      if (!look.failed) look.failed = asked;
    }
    if (answer->status == DnsStatus::nxdomain) break;  // nor is there anything else of that name
  }
  if (open) look.exists = Existence::open;
  return look;
}

}  // namespace filters::names
