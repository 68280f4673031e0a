#include "tests/support/naive_dmarc.h"

#include <algorithm>
#include <optional>

#include "filters/dmarc/record.h"

namespace support {
namespace {

using filters::dmarc::Psd;
using filters::dmarc::Record;
using Found = std::vector<std::pair<std::string, Record>>;

std::size_t labels(const std::string& name) {
  return 1 + static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
}

std::string without_first(const std::string& name) {
  const auto dot = name.find('.');
  return dot == name.npos ? std::string() : name.substr(dot + 1);
}

std::optional<Record> record_at(const NaiveDmarc& world, const std::string& name) {
  const auto at = world.texts.find(name);
  if (at == world.texts.end() || name.size() + std::string("_dmarc.").size() > 253) return std::nullopt;
  std::vector<std::string> records;
  for (const std::string& text : at->second)
    if (Record::is_one(text)) records.push_back(text);
  return records.size() == 1 ? Record::parse(records[0]) : std::nullopt;
}

// §4.10, steps 1 to 7
Found walk(const NaiveDmarc& world, const std::string& start) {
  Found found;
  std::string target = start;
  while (!target.empty()) {
    if (const auto record = record_at(world, target)) {
      found.emplace_back(target, *record);
      if (record->psd != Psd::unsaid) break;
    }
    const bool cut = labels(target) >= 8;
    target = without_first(target);
    while (cut && labels(target) > 7) target = without_first(target);
  }
  return found;
}

// §4.10.2, rules 1 to 3
std::string organisation(const std::string& start, const Found& found) {
  for (const auto& [name, record] : found) {
    if (record.psd == Psd::no) return name;
    if (record.psd != Psd::yes || name == start) continue;
    std::string below = start;
    while (labels(below) > labels(name) + 1) below = without_first(below);
    return below;
  }
  return found.empty() ? start : found.back().first;
}

// §4.10.1: the author domain, its organisational domain, its public suffix
const std::pair<std::string, Record>* applicable(const std::string& author, const Found& found) {
  const auto at = [&](auto wanted) {
    const auto hit = std::find_if(found.begin(), found.end(), wanted);
    return hit == found.end() ? nullptr : &*hit;
  };
  if (const auto* own = at([&](const auto& entry) { return entry.first == author; })) return own;
  const std::string above = organisation(author, found);
  if (const auto* of_organisation = at([&](const auto& entry) { return entry.first == above; }))
    return of_organisation;
  return at([](const auto& entry) { return entry.second.psd == Psd::yes; });
}

}  // namespace

NaiveDmarc::Result NaiveDmarc::judge() const {
  Result out;
  const Found found = walk(*this, author);
  out.organisation = organisation(author, found);
  const auto* policy = applicable(author, found);
  const auto aligned = [&](const std::string& domain, bool strict) {
    if (domain == author) return true;
    return policy && !strict && organisation(domain, walk(*this, domain)) == out.organisation;
  };
  for (const std::string& domain : dkim)
    if (aligned(domain, policy && policy->second.strict_dkim)) out.aligned.push_back(domain);
  if (!spf.empty() && aligned(spf, policy && policy->second.strict_spf)) out.aligned.push_back(spf);
  if (!policy) return out.result = out.policy = "none", out;

  const Record& record = policy->second;
  const bool own = policy->first == author;
  out.policy_domain = policy->first;
  out.policy = name(own ? record.policy : author_exists ? record.subdomains : record.absent);
  out.result = record.void_policy ? "permerror" : out.aligned.empty() ? "fail" : "pass";
  return out;
}

}  // namespace support
