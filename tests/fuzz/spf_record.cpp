// An SPF record at a.example, and the same one at every name it leads to, evaluated to the end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "filters/spf/check.h"

namespace {

using namespace policy::facts;

DnsAnswer answer(const DnsQuestion& question, const std::string& record) {
  DnsAnswer found;
  found.status = DnsStatus::ok;
  switch (question.type) {
    case RecordType::txt: found.records.push_back({.text = record, .address = {}}); break;
    case RecordType::mx:
    case RecordType::ptr:
      for (const char* name : {"mx.a.example", "1.spf", "", "..", "x y%{d}/0"})
        found.records.push_back({.text = name, .address = {}});
      break;
    case RecordType::a: found.records.push_back({.text = {}, .address = IpAddress::v4(0xc0000201)}); break;
    case RecordType::aaaa:
      found.records.push_back({.text = {}, .address = *IpAddress::parse("2001:db8::1")});
      break;
    default: found.status = DnsStatus::nodata;
  }
  if (question.name.size() % 7 == 3) found = {.status = DnsStatus::nxdomain};
  if (question.name.size() % 31 == 30) found = {.status = DnsStatus::timeout};
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string record(reinterpret_cast<const char*>(data), size);
  for (const char* client : {"192.0.2.1", "198.51.100.7", "127.0.0.1", "2001:db8::1", "::1"}) {
    filters::spf::Check check;
    check.client = *IpAddress::parse(client);
    check.helo = record.substr(0, 300);
    check.local = record.substr(record.size() / 2, 80);
    check.domain = "a.example";
    Answers answers;
    for (int round = 0;; ++round) {
      const auto result = filters::spf::check_host(check, answers);
      if (result.questions.empty()) break;
      for (const Question& question : result.questions) {
        if (answers.has(question)) std::abort();  // it asks again what it was answered
        const auto& asked = std::get<DnsQuestion>(question);
        answers.pin(asked, answer(asked, record));
      }
      if (round == 32 || answers.all().size() > 200) std::abort();  // the bounds of the pipeline
    }
  }
  return 0;
}
