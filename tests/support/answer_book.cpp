#include "tests/support/answer_book.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "policy/facts/text.h"

namespace support {

using namespace policy::facts;

void AnswerBook::add(const std::string& name, RecordType type, DnsRecord record) {
  DnsAnswer& answer = answers_[DnsQuestion(name, type)];
  answer.status = DnsStatus::ok;
  answer.ttl = 300;
  answer.records.push_back(std::move(record));
}

void AnswerBook::status(const std::string& name, RecordType type, DnsStatus status) {
  answers_[DnsQuestion(name, type)].status = status;
}

void AnswerBook::status(const std::string& name, DnsStatus status) { names_[to_lower(name)] = status; }

void AnswerBook::cname(const std::string& name, const std::string& target) {
  cnames_[to_lower(name)] = to_lower(target);
}

DnsAnswer AnswerBook::answer(const DnsQuestion& question) const {
  DnsQuestion asked = question;
  for (int hops = 0; hops < 8; ++hops) {
    if (const auto at = answers_.find(asked); at != answers_.end()) return at->second;
    DnsAnswer nothing;
    if (const auto at = names_.find(asked.name); at != names_.end())
      return nothing.status = at->second, nothing;
    if (const auto at = cnames_.find(asked.name); at != cnames_.end()) {
      if (asked.type == RecordType::cname)
        return {.status = DnsStatus::ok, .ttl = 300, .records = {{.text = at->second, .address = {}}}};
      asked.name = at->second;
      continue;
    }
    const bool exists = std::any_of(answers_.begin(), answers_.end(), [&](const auto& row) {
      return row.first.name == asked.name || row.first.name.ends_with("." + asked.name);
    });
    nothing.status = exists ? DnsStatus::nodata : DnsStatus::nxdomain;
    return nothing;
  }
  DnsAnswer loop;
  loop.status = DnsStatus::servfail;
  return loop;
}

filters::Finding examine(const filters::Filter& filter, const Facts& facts, const AnswerBook& book,
                         Answers& answers) {
  for (int round = 0; round < 32; ++round) {
    filters::Finding finding = filter.examine(facts, answers);
    if (finding.questions.empty()) return finding;
    bool news = false;
    for (const Question& question : finding.questions) {
      const auto& asked = std::get<DnsQuestion>(question);
      news = news || !answers.has(question);
      answers.pin(asked, book.answer(asked));
    }
    if (!news) throw std::runtime_error("the filter asks again what it was answered");
  }
  throw std::runtime_error("the filter is not done after 32 rounds");
}

void apply(const filters::Finding& finding, Facts& facts) {
  for (const auto& value : finding.facts) facts.put(value.name, value.fact);
  auto& evidence = facts.own_evidence();
  evidence.insert(evidence.end(), finding.evidence.begin(), finding.evidence.end());
}

const Fact* fact(const filters::Finding& finding, std::string_view name) {
  const auto at = std::find_if(finding.facts.begin(), finding.facts.end(),
                               [&](const auto& value) { return value.name == name; });
  return at == finding.facts.end() ? nullptr : &at->fact;
}

}  // namespace support
