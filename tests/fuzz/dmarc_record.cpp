// A DMARC record, and the walk of a domain under which it is published.
#include "filters/dmarc/record.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "filters/dmarc/tree_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto record = filters::dmarc::Record::parse(text);
  if (record && !filters::dmarc::Record::is_one(text)) std::abort();
  const auto start = policy::Domain::parse("a.b.example").value();
  policy::Answers answers;
  for (const auto& question : filters::dmarc::walk(start, answers).questions)
    answers.pin(std::get<policy::DnsQuestion>(question),
                {.status = policy::DnsStatus::ok, .records = {{.text = text, .address = {}}}});
  const auto walk = filters::dmarc::walk(start, answers);
  if (walk.policy.has_value() != record.has_value() || walk.organisation.empty()) std::abort();
  return 0;
}
