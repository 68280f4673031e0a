#pragma once
// A table of DNS answers, and the loop that asks a filter until it is done: what the pipeline does, without
// I/O.

#include <map>
#include <string>
#include <utility>

#include "filters/filter.h"

namespace support {

class AnswerBook {
 public:
  void txt(const std::string& name, const std::string& text) {
    add(name, policy::RecordType::txt, {.text = text, .address = {}, .preference = 0});
  }
  void add(const std::string& name, policy::RecordType type, policy::DnsRecord record);
  void status(const std::string& name, policy::RecordType type, policy::DnsStatus status);
  void status(const std::string& name,
              policy::DnsStatus status);  // for every type without an answer of its own
  void cname(const std::string& name, const std::string& target);

  // A name not in the book does not exist; a name with other types only has no data; CNAMEs are followed.
  policy::DnsAnswer answer(const policy::DnsQuestion& question) const;

 private:
  std::map<policy::DnsQuestion, policy::DnsAnswer> answers_;
  std::map<std::string, policy::DnsStatus> names_;
  std::map<std::string, std::string> cnames_;
};

// Asks until the filter has no question left, at most 32 rounds; throws std::runtime_error beyond them.
// `answers` keeps what was used; `questions` (optional) counts them.
filters::Finding examine(const filters::Filter& filter, const policy::Facts& facts, const AnswerBook& book,
                         policy::Answers& answers);

// Puts what was found into the transaction's facts, as the pipeline does.
void apply(const filters::Finding& finding, policy::Facts& facts);

// The value of a fact in a finding, or nullptr.
const policy::Fact* fact(const filters::Finding& finding, std::string_view name);

}  // namespace support
