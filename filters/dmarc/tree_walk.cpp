#include "filters/dmarc/tree_walk.h"

#include <fmt/core.h>

#include <algorithm>

namespace filters::dmarc {
namespace {

constexpr std::size_t kShortcut = 7;       // labels left by the first step; RFC 9989 §4.10
constexpr std::size_t kLongestName = 253;  // RFC 1035 §2.3.4

Domain last_labels(Domain domain, std::size_t count) {
  while (domain.labels() > count) domain = domain.parent();
  return domain;
}

DnsQuestion question_for(const Domain& domain) {
  return DnsQuestion("_dmarc." + domain.text(), RecordType::txt);
}

// Several records at one name are all discarded.
std::optional<Record> only_record(const DnsAnswer& answer) {
  const DnsRecord* only = nullptr;
  for (const DnsRecord& record : answer.records) {
    if (!Record::is_one(record.text)) continue;
    if (only) return std::nullopt;
    only = &record;
  }
  return only ? Record::parse(only->text) : std::nullopt;
}

// RFC 9989 §4.10.2
Domain organisation_of(const Domain& start, const std::vector<Published>& records) {
  if (records.empty()) return start;
  const Published& last = records.back();
  if (last.record.psd == Psd::yes && last.domain != start)
    return last_labels(start, last.domain.labels() + 1);
  return last.domain;
}

// RFC 9989 §4.10.1
std::optional<Published> policy_of(const Walk& walk, const Domain& start) {
  const auto& records = walk.records;
  if (!records.empty() && records.front().domain == start) return records.front();
  if (records.empty() || !walk.trouble.empty()) return std::nullopt;
  const auto own = std::find_if(records.begin(), records.end(), [&](const Published& published) {
    return published.domain == walk.organisation;
  });
  return own != records.end() ? *own : records.back();
}

}  // namespace

std::vector<Domain> walk_names(const Domain& start) {
  std::vector<Domain> names;
  for (Domain name = start; !name.empty();
       name = name.labels() > kShortcut ? last_labels(name, kShortcut) : name.parent())
    names.push_back(name);
  return names;
}

Walk walk(const Domain& start, const Answers& answers) {
  Walk walk;
  const std::vector<Domain> names = walk_names(start);
  // All at once: eight names at most, and their top ones are in every cache.
  for (const Domain& name : names) {
    const DnsQuestion question = question_for(name);
    if (question.name.size() <= kLongestName && !answers.dns(question)) walk.questions.push_back(question);
  }
  if (!walk.questions.empty()) return walk;
  for (const Domain& name : names) {
    const DnsQuestion question = question_for(name);
    const DnsAnswer* answer = answers.dns(question);
    if (!answer) continue;  // the name is too long to exist
    if (answer->failed()) {
      walk.trouble = describe_failure(question, answer->status);
      break;
    }
    if (const auto record = only_record(*answer)) {
      walk.records.push_back({name, *record});
      if (record->psd != Psd::unsaid) break;
    }
  }
  if (walk.trouble.empty()) walk.organisation = organisation_of(start, walk.records);
  walk.policy = policy_of(walk, start);
  return walk;
}

std::string describe_failure(const DnsQuestion& question, DnsStatus status) {
  return fmt::format("{} {}: {}", question.name, name(question.type), name(status));
}

}  // namespace filters::dmarc
